//! Paths of a profile, with the ids of earlier steps in them.

use super::step::Step;
use crate::runtime::Invalid;
use crate::runtime::generated::segment;
use url::Url;

/// A path that was found to be usable, segment by segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// As it is sent.
    Text(String),
    /// The id of an earlier step.
    Id(Step),
}

impl Template {
    /// `Err` says what is wrong with the path of `step`.
    pub(crate) fn read(step: Step, path: &str) -> Result<Self, &'static str> {
        let path = path.strip_prefix('/').ok_or("has to begin with `/`")?;
        let segments = path.split('/').map(|segment| Segment::read(step, segment));
        let template = Self(segments.collect::<Result<_, _>>()?);
        let unchanged = |path: &str| {
            let url = format!("https://sign8.invalid{path}");
            Url::parse(&url).is_ok_and(|parsed| {
                parsed.as_str() == url && parsed.query().is_none() && parsed.fragment().is_none()
            })
        };
        match template.fill(|_| Some("x")) {
            Ok(path) if unchanged(&path) => Ok(template),
            _ => Err("has something that a URL would change, or a query"),
        }
    }

    /// The steps whose ids are in it.
    pub(crate) fn ids(&self) -> impl Iterator<Item = Step> + '_ {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Text(_) => None,
            Segment::Id(step) => Some(*step),
        })
    }

    #[cfg(feature = "mock")]
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The path with ids in it, each as one segment whatever it holds.
    pub(crate) fn fill<'a>(&self, id: impl Fn(Step) -> Option<&'a str>) -> Result<String, Invalid> {
        let mut path = String::new();
        for part in &self.0 {
            path.push('/');
            match part {
                Segment::Text(text) => path.push_str(text),
                Segment::Id(step) => {
                    let missing = || {
                        let name = step.placeholder();
                        Invalid::new(format!("the path has `{{{name}}}` in it, and no such id was given"))
                    };
                    path.push_str(&segment(id(*step).ok_or_else(missing)?)?);
                }
            }
        }
        Ok(path)
    }
}

impl Segment {
    fn read(step: Step, text: &str) -> Result<Self, &'static str> {
        if !text.contains(['{', '}']) {
            return Ok(Self::Text(text.to_owned()));
        }
        let name = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        let earlier = Step::ALL.into_iter().take_while(|earlier| *earlier != step);
        let named = name.and_then(|name| earlier.into_iter().find(|earlier| earlier.placeholder() == name));
        named
            .map(Self::Id)
            .ok_or("has braces in it that are not around the id of an earlier step, as a whole segment")
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, Template};

    #[test]
    fn an_id_is_one_segment_whatever_it_holds() {
        let template = Template::read(Step::AddFile, "/w/{workflowId}/files").ok();
        for (id, expected) in [
            ("w1", Some("/w/w1/files")),
            ("a/../b", Some("/w/a%2F..%2Fb/files")),
            ("{workflowId}", Some("/w/%7BworkflowId%7D/files")),
            ("", None),
            ("..", None),
        ] {
            let path = template.as_ref().and_then(|template| template.fill(|_| Some(id)).ok());
            assert_eq!(path.as_deref(), expected, "{id}");
        }
        assert!(template.is_some_and(|template| template.fill(|_| None).is_err()));
    }

    #[test]
    fn a_path_that_would_not_arrive_as_it_is_written_is_refused() {
        for path in [
            "",
            "w",
            "/a b",
            "/a/../b",
            "/./b",
            "/a?b",
            "/a#b",
            "/a\\b",
            "/\u{e9}",
            "/{workflowId",
            "/w-{workflowId}",
            "/{fileId}",
            "/{signerId}",
            "/{workflowid}",
            "/{}",
        ] {
            assert!(Template::read(Step::AddFile, path).is_err(), "{path}");
        }
        for path in ["/", "/a", "/a/", "/a//b", "/a%20b", "/{workflowId}", "/a.b~c/{workflowId}/{workflowId}"]
        {
            assert!(Template::read(Step::AddFile, path).is_ok(), "{path}");
        }
    }
}
