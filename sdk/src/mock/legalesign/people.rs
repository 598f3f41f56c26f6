//! Groups, their members, invitations, and users.

use super::answer::{Answer, Outcome, Refusal, uri};
use super::pages::{page, whole};
use super::read::{Call, Form};
use super::state::{Identified, Store, find, find_mut, refer, remove, user_id, written};
use crate::mock::id;
use http::StatusCode;
use serde_json::{Value, json};
use std::time::SystemTime;

#[derive(Clone, Debug)]
pub(super) struct Group {
    slug: String,
    /// What webhooks name it by.
    pub number: i64,
    name: String,
    public_name: String,
    user: String,
    xframe_allow: bool,
    /// Whether documents and PDFs may be deleted for good.
    pub allows_deletion: bool,
    created: SystemTime,
    modified: SystemTime,
}

#[derive(Clone, Debug)]
pub(super) struct Member {
    id: String,
    group: String,
    user: String,
    permission: i64,
    created: SystemTime,
}

#[derive(Clone, Debug)]
pub(super) struct Invitation {
    id: String,
    group: String,
    email: String,
    created: SystemTime,
}

#[derive(Clone, Debug)]
pub(super) struct User {
    id: String,
    email: String,
    first_name: String,
    last_name: String,
    timezone: String,
    joined: SystemTime,
}

impl User {
    pub fn new(id: &str, email: &str, first_name: &str, last_name: &str, joined: SystemTime) -> Self {
        let [id, email, first_name, last_name, timezone] =
            [id, email, first_name, last_name, "UTC"].map(str::to_owned);
        Self { id, email, first_name, last_name, timezone, joined }
    }
}

impl Identified for Group {
    fn id(&self) -> &str {
        &self.slug
    }
}

impl Identified for Member {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Identified for Invitation {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Identified for User {
    fn id(&self) -> &str {
        &self.id
    }
}

const ADMINISTRATOR: i64 = 1;
/// Sends only, and sees nothing of the team: the least that can be. The real default is not documented.
const USUAL_PERMISSION: i64 = 4;

impl Store {
    /// The owner of the keys becomes its administrator.
    pub fn add_group(&mut self, slug: &str, name: &str, now: SystemTime) {
        let group = Group {
            slug: slug.to_owned(),
            number: self.next_number(),
            name: name.to_owned(),
            public_name: name.to_owned(),
            user: self.user.clone(),
            xframe_allow: false,
            allows_deletion: false,
            created: now,
            modified: now,
        };
        self.groups.push(group);
        let owner = self.user.clone();
        self.join(slug, &owner, ADMINISTRATOR, now);
    }

    fn join(&mut self, group: &str, user: &str, permission: i64, now: SystemTime) {
        let (group, user) = (group.to_owned(), user.to_owned());
        self.members.push(Member { id: id::uuid(), group, user, permission, created: now });
    }

    fn is_member(&self, group: &str, user: &str) -> bool {
        self.members.iter().any(|member| member.group == group && member.user == user)
    }

    /// The group that a list is narrowed down to.
    pub fn group_of<'a>(&self, call: &'a Call) -> Result<Option<&'a str>, Refusal> {
        let Some(slug) = call.query.id("group") else { return Ok(None) };
        let known = find(&self.groups, slug).is_ok();
        known.then_some(Some(slug)).ok_or_else(|| Refusal::member("query", "group", "no such group"))
    }

    /// Who does something, if a call does not say: the owner of the keys.
    pub fn acting(&self, user: Option<String>) -> String {
        user.unwrap_or_else(|| self.user.clone())
    }
}

fn show_group(group: &Group) -> Value {
    json!({
        "created": written(group.created),
        "is_active": true,
        "modified": written(group.modified),
        "name": group.name,
        "public_name": group.public_name,
        "resource_uri": uri("group", &group.slug),
        "slug": group.slug,
        "user": uri("user", &group.user),
        "xframe_allow": group.xframe_allow,
        "xframe_allow_pdf_edit": false,
    })
}

pub(super) fn list_groups(store: &mut Store, call: &Call) -> Outcome {
    page(call, &store.groups, show_group)
}

pub(super) fn create_group(store: &mut Store, call: &Call) -> Outcome {
    let mut form = Form::read("group", call)?;
    let name = form.needs_text("name", 60);
    if !name.is_empty() && name.chars().count() < 4 {
        form.wrong("name", "shorter than 4 characters");
    }
    let xframe_allow = form.boolean("xframe_allow").unwrap_or_default();
    form.finish()?;
    let slug = free_slug(store, &name);
    store.add_group(&slug, &name, call.now);
    find_mut(&mut store.groups, &slug)?.xframe_allow = xframe_allow;
    Ok(Answer::created("group", &slug))
}

/// The name in lower case, words joined by hyphens, with a number at its end if it is taken.
fn free_slug(store: &Store, name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    let slug: String = words.join("-").chars().take(40).collect();
    let slug = if slug.is_empty() { "group".to_owned() } else { slug };
    let mut free = slug.clone();
    let mut number = 1;
    while find(&store.groups, &free).is_ok() {
        number += 1;
        free = format!("{slug}-{number}");
    }
    free
}

pub(super) fn get_group(store: &mut Store, call: &Call) -> Outcome {
    let mut shown = show_group(find(&store.groups, &call.id)?);
    let members = store.members.iter().filter(|member| member.group == call.id);
    let members: Vec<_> = members.map(|member| uri("member", &member.id)).collect();
    let more = json!({
        "default_email": null, "default_extraemail": null, "footer": null, "footer_height": null,
        "header": null, "members": members, "pagesize": 1,
    });
    merge(&mut shown, more);
    Ok(Answer::ok(shown))
}

pub(super) fn update_group(store: &mut Store, call: &Call) -> Outcome {
    let group = find_mut(&mut store.groups, &call.id)?;
    let mut form = Form::read("group", call)?;
    let public_name = form.text("public_name", 60);
    form.finish()?;
    if let Some(name) = public_name {
        group.public_name = name;
        group.modified = call.now;
    }
    Ok(Answer::empty(StatusCode::ACCEPTED))
}

fn show_member(member: &Member) -> Value {
    json!({
        "created": written(member.created),
        "group": uri("group", &member.group),
        "modified": written(member.created),
        "permission": member.permission,
        "resource_uri": uri("member", &member.id),
        "user": uri("user", &member.user),
    })
}

pub(super) fn list_members(store: &mut Store, call: &Call) -> Outcome {
    let group = store.group_of(call)?;
    let fits = |member: &&Member| group.is_none_or(|group| group == member.group);
    let members: Vec<_> = store.members.iter().filter(fits).collect();
    page(call, &members, |member| show_member(member))
}

/// Known users join at once, others are invited. Which of the two happened is not told.
pub(super) fn create_member(store: &mut Store, call: &Call) -> Outcome {
    let mut form = Form::read("member", call)?;
    let group = form.needs_reference("group", "group");
    let email = form.needs_email("email");
    form.boolean("do_email");
    let permission = form.integer("permission", 1..=6).unwrap_or(USUAL_PERMISSION);
    form.finish()?;
    refer(&store.groups, Some(&group))?;
    let known = store.users.iter().find(|user| user.email.eq_ignore_ascii_case(&email));
    if let Some(user) = known.map(|user| user.id.clone()) {
        if store.is_member(&group, &user) {
            return Err(Refusal::form("member", json!({ "exists": "a member of the group already" })));
        }
        store.join(&group, &user, permission, call.now);
    } else {
        store.invitations.push(Invitation { id: id::uuid(), group, email, created: call.now });
    }
    Ok(Answer::empty(StatusCode::CREATED))
}

pub(super) fn get_member(store: &mut Store, call: &Call) -> Outcome {
    find(&store.members, &call.id).map(|member| Answer::ok(show_member(member)))
}

pub(super) fn delete_member(store: &mut Store, call: &Call) -> Outcome {
    remove(&mut store.members, &call.id).map(|_| Answer::empty(StatusCode::NO_CONTENT))
}

pub(super) fn list_invitations(store: &mut Store, call: &Call) -> Outcome {
    let group = store.group_of(call)?;
    let fits = |invitation: &&Invitation| group.is_none_or(|group| group == invitation.group);
    let show = |invitation: &Invitation| {
        json!({
            "created": written(invitation.created),
            "email": invitation.email,
            "group": uri("group", &invitation.group),
            "resource_uri": uri("invited", &invitation.id),
        })
    };
    let shown: Vec<_> = store.invitations.iter().filter(fits).map(show).collect();
    Ok(Answer::ok(whole(&shown)))
}

pub(super) fn delete_invitation(store: &mut Store, call: &Call) -> Outcome {
    remove(&mut store.invitations, &call.id).map(|_| Answer::empty(StatusCode::NO_CONTENT))
}

/// Its id is told only if a password was given.
pub(super) fn create_user(store: &mut Store, call: &Call) -> Outcome {
    let mut form = Form::read("user", call)?;
    let (first, last) = (form.needs_text("first_name", 30), form.needs_text("last_name", 30));
    let email = form.needs_email("email");
    let timezone = form.text("timezone", 60);
    let password = form.text("password", 99);
    if password.as_deref().is_some_and(is_weak) {
        form.wrong("password", "shorter than 8 characters, or not of all four kinds");
    }
    let groups = form.text("groups", 1000).unwrap_or_default();
    let permission = form.text("permission", 1).map_or(Some(USUAL_PERMISSION), |number| number.parse().ok());
    if !permission.is_some_and(|number| (1..=6).contains(&number)) {
        form.wrong("permission", "not from 1 to 6");
    }
    if store.users.iter().any(|user| user.email.eq_ignore_ascii_case(&email)) {
        form.wrong("email", "taken");
    }
    form.finish()?;
    let groups = groups.split(',').map(|group| group.trim().trim_end_matches('/'));
    let slugs = groups.filter_map(|group| group.rsplit('/').next()).filter(|slug| !slug.is_empty());
    let slugs: Vec<_> = slugs.collect();
    slugs.iter().try_for_each(|slug| refer(&store.groups, Some(slug)))?;
    let user = user_id();
    for slug in slugs {
        store.join(slug, &user, permission.unwrap_or(USUAL_PERMISSION), call.now);
    }
    let mut new = User::new(&user, &email, &first, &last, call.now);
    new.timezone = timezone.unwrap_or(new.timezone);
    store.users.push(new);
    if password.is_none() {
        return Ok(Answer::empty(StatusCode::CREATED));
    }
    Ok(Answer::created("user", &user))
}

fn is_weak(password: &str) -> bool {
    let has = |kind: fn(&char) -> bool| password.chars().any(|character| kind(&character));
    let all = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit);
    password.chars().count() < 8 || !all || password.chars().all(char::is_alphanumeric)
}

pub(super) fn get_user(store: &mut Store, call: &Call) -> Outcome {
    let user = find(&store.users, &call.id)?;
    let groups = store.members.iter().filter(|member| member.user == user.id);
    let groups: Vec<_> = groups.map(|member| uri("group", &member.group)).collect();
    Ok(Answer::ok(json!({
        "date_joined": written(user.joined),
        "email": user.email,
        "first_name": user.first_name,
        "groups": groups,
        "last_name": user.last_name,
        "resource_uri": uri("user", &user.id),
        "timezone": user.timezone,
        "username": user.id,
    })))
}

pub(super) fn update_user(store: &mut Store, call: &Call) -> Outcome {
    let user = find_mut(&mut store.users, &call.id)?;
    let mut form = Form::read("user", call)?;
    let (first, last) = (form.text("first_name", 30), form.text("last_name", 30));
    form.finish()?;
    user.first_name = first.unwrap_or(std::mem::take(&mut user.first_name));
    user.last_name = last.unwrap_or(std::mem::take(&mut user.last_name));
    Ok(Answer::empty(StatusCode::ACCEPTED))
}

/// Adds members to an object.
pub(super) fn merge(shown: &mut Value, more: Value) {
    if let (Some(shown), Value::Object(more)) = (shown.as_object_mut(), more) {
        shown.extend(more);
    }
}
