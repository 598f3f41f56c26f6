"""Lists what is public in rustdoc's JSON and names a forbidden type. See check-public-api."""

import json
import sys

# A path that begins like this may not be named in a public signature; with "", nothing of the crate may.
FORBIDDEN = {
    "progenitor_impl": [""],
    "progenitor_client": [""],
    "reqwest": [""],
    "serde_json": ["error", "Error"],
    "serde_path_to_error": [""],
    "hyper": [""],
    "hyper_util": [""],
    "secrecy": [""],
    "time": [""],
}


def references(value):
    """Ids of all paths that are named anywhere in `value`."""
    if isinstance(value, dict):
        if "path" in value and "id" in value and isinstance(value["id"], int):
            yield value["id"]
        for child in value.values():
            yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def is_forbidden(path):
    starts = FORBIDDEN.get(path[0], [])
    return any(start == "" or start in path[1:] for start in starts)


def main(file):
    with open(file, encoding="utf-8") as opened:
        doc = json.load(opened)
    index, paths = doc["index"], doc["paths"]
    seen, found, checked = set(), [], 0

    def forbid(where, value):
        for target in references(value):
            path = paths.get(str(target), {}).get("path")
            if path and is_forbidden(path):
                found.append(f"{where}: {'::'.join(path)}")

    def visit(item_id, where):
        nonlocal checked
        item = index.get(str(item_id))
        if item is None or item_id in seen:
            return
        seen.add(item_id)
        (kind, inner), = item["inner"].items()
        name = item["name"] or ""
        here = f"{where}::{name}" if name else where
        if kind == "module":
            for child in inner["items"]:
                visit(child, here)
            return
        if kind == "use":
            # What is re-exported is visited where it is defined, which may be a private module.
            path = inner["source"].split("::")
            if is_forbidden(path):
                found.append(f"{here}: re-export of {inner['source']}")
            target = inner["id"]
            if target is not None:
                other = paths.get(str(target), {})
                if is_forbidden(other.get("path", [""])):
                    found.append(f"{here}: re-export of {'::'.join(other['path'])}")
                visit(target, where)
            return
        checked += 1
        if kind == "impl":
            if inner["is_synthetic"] or inner["blanket_impl"] is not None:
                return
            # `From<reqwest::Error>` is as public as a method.
            forbid(f"impl in {where}", {"trait": inner["trait"], "for": inner["for"], "generics": inner["generics"]})
            for child in inner["items"]:
                visit(child, where)
            return
        # What belongs to an item is visited by itself; its own signature holds no ids of children as paths.
        forbid(here, {key: value for key, value in inner.items() if key not in ("impls", "implementations")}
               if isinstance(inner, dict) else inner)
        if not isinstance(inner, dict):
            return
        for key in ("impls", "items", "variants"):
            for child in inner.get(key) or []:
                visit(child, here)
        struct = inner.get("kind")
        if isinstance(struct, dict):
            for shape in struct.values():
                fields = shape if isinstance(shape, list) else shape.get("fields", [])
                for child in fields:
                    if child is not None:
                        visit(child, here)

    visit(doc["root"], "")
    if found:
        print("types that users must not depend on are public:", *sorted(set(found)), sep="\n  ", file=sys.stderr)
        return 1
    if checked < 100:
        print(f"only {checked} public items were found; has the format of rustdoc changed?", file=sys.stderr)
        return 1
    print(f"{checked} public items, none of them names a type that users must not depend on")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
