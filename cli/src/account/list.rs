//! `countersign list`: documents at a provider, to look one up by a reference.

use super::client;
use super::status::word;
use super::text::duration;
use crate::clock;
use crate::environment;
use crate::failure::Failure;
use crate::out::{Out, printable, table, talk};
use crate::provider::Provider;
use countersign::LocalDateTime;
use countersign::legalesign::{ArchivedFilter, DocumentListItem};
use serde::Serialize;
use std::time::Duration;

/// List documents, to look up one whose answer was lost: of Legalesign or Signly.
///
/// Archived documents are listed as well.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign list legalesign --group my-group --tag 7d3f2a9c
  countersign list legalesign --group my-group --within 30d --json
  countersign list signly --tag 7d3f2a9c

Leap, SIGN8 and FairePlace have no call that is known to list documents.

Nothing found is no failure: the exit code is 0, and nothing is printed. A
request whose answer was lost can still be on its way, so look again in some
minutes before you conclude that a document was not sent.

Reads the variables that the provider's client does; see countersign doctor.")]
pub struct Args {
    /// The provider: legalesign and signly have the call.
    provider: Provider,
    /// Only those with this reference: the `tag` of Legalesign, one of the `tags` of Signly.
    #[arg(long)]
    tag: Option<String>,
    /// The group; LEGALESIGN_GROUP unless given.
    #[arg(long, help_heading = "Legalesign")]
    group: Option<String>,
    /// Only those made of this PDF template. `countersign send` makes one for each document.
    #[arg(long, value_name = "ID", help_heading = "Legalesign")]
    template: Option<String>,
    /// Only those created within this time, such as 5h or 30d. Times of Legalesign have no zone, so a day is added.
    /// 1d unless given.
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Legalesign")]
    within: Option<Duration>,
}

/// A document, in the same form for each provider.
#[derive(Serialize)]
struct Listed {
    provider: Provider,
    id: Option<String>,
    status: Option<String>,
    created: Option<String>,
    tags: Vec<String>,
    name: Option<String>,
    archived: Option<bool>,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Documents in a page.
const PAGE: i64 = 100;

pub async fn run(args: Args, out: Out) -> Result<(), Failure> {
    let legalesign_only = [
        ("--group", args.group.is_some()),
        ("--template", args.template.is_some()),
        ("--within", args.within.is_some()),
    ];
    let given = legalesign_only.iter().find(|(_, is_given)| *is_given);
    if let Some((option, _)) = given
        && args.provider != Provider::Legalesign
    {
        return Err(Failure::usage(format!("{} has no {option}; leave it off", args.provider.title())));
    }
    let listed = match args.provider {
        Provider::Legalesign => of_legalesign(&args).await?,
        Provider::Signly => of_signly(&args).await?,
        Provider::Leap => {
            return Err(Failure::usage(
                "Leap documents no call that lists signing processes: look in Leap itself",
            ));
        }
        Provider::Sign8 => {
            return Err(Failure::usage(
                "of SIGN8 no call is known that lists workflows: its reference is not public. Who has\n\
                 it makes such a call with sign8::Client::request of the SDK",
            ));
        }
        Provider::Faireplace => {
            return Err(Failure::usage(
                "FairePlace documents no call that lists signatures; ask about one lease with\n\
                 countersign status faireplace LEASE",
            ));
        }
    };
    if out.is_json() {
        return listed.iter().try_for_each(|document| out.data(document, String::new));
    }
    if listed.is_empty() {
        talk("None was found.");
        return Ok(());
    }
    let text = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), printable);
    let row = |document: &Listed| {
        let tags = if document.tags.is_empty() { None } else { Some(document.tags.join(", ")) };
        [&document.id, &document.status, &document.created, &tags, &document.name].map(text).to_vec()
    };
    let rows = listed.iter().map(row).collect::<Vec<_>>();
    out.print_lines(&table(&["ID", "STATUS", "CREATED", "TAG", "NAME"], &rows))
}

async fn of_legalesign(args: &Args) -> Result<Vec<Listed>, Failure> {
    let group =
        args.group.clone().map_or_else(|| environment::value("LEGALESIGN_GROUP"), |group| Ok(Some(group)))?;
    let group = group.ok_or_else(|| {
        Failure::usage("Legalesign lists documents by group: say it with --group, or in LEGALESIGN_GROUP")
    })?;
    let since = clock::now()
        .checked_sub(args.within.unwrap_or(DAY).saturating_add(DAY))
        .unwrap_or(std::time::UNIX_EPOCH);
    let call = client::legalesign()?.list_documents(group).archived(ArchivedFilter::All);
    let mut documents = call.created_gt(LocalDateTime::from_utc(since)).limit(PAGE).items();
    let mut listed = Vec::new();
    while let Some(document) = documents.next().await {
        let document = document?;
        let fits_tag = args.tag.is_none() || args.tag == document.tag;
        if fits_tag && args.template.as_deref().is_none_or(|id| is_made_of(&document, id)) {
            listed.push(legalesign_document(document));
        }
    }
    Ok(listed)
}

/// Compares the id of its template. A document names it by an address that ends with the id.
fn is_made_of(document: &DocumentListItem, id: &str) -> bool {
    let address = document.templatepdf.as_ref().map(ToString::to_string).unwrap_or_default();
    address.trim_end_matches('/').rsplit('/').next() == Some(id)
}

fn legalesign_document(document: DocumentListItem) -> Listed {
    let tags = [document.tag, document.tag1, document.tag2].into_iter().flatten();
    Listed {
        provider: Provider::Legalesign,
        id: document.uuid.map(|id| id.to_string()),
        status: document.status.as_ref().map(|status| word(status, status.is_known())),
        created: document.created.map(|time| time.to_string()),
        tags: tags.filter(|tag| !tag.is_empty()).collect(),
        name: document.name,
        archived: document.archived,
    }
}

async fn of_signly(args: &Args) -> Result<Vec<Listed>, Failure> {
    let listing = client::signly()?.list_documents().send().await?;
    if listing.may_be_incomplete() {
        talk("The list may be incomplete: how Signly's lists go on is not documented.");
    }
    let documents = listing.into_iter().map(|document| Listed {
        provider: Provider::Signly,
        id: document.document_id.map(|id| id.to_string()),
        status: document.status.map(|status| status.as_str().to_owned()),
        created: document.created_at.map(|time| time.to_string()),
        tags: document.tags.unwrap_or_default(),
        name: None,
        archived: None,
    });
    Ok(documents.filter(|document| args.tag.as_ref().is_none_or(|tag| document.tags.contains(tag))).collect())
}
