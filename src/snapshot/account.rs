//! One account: its core first, then all parts at once, then its folder.
//!
//! The core is the authorization details and the credential report: without them there is no folder. Every other part may
//! be missing, and the manifest says why.

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;
use tracing::info;

use super::asker::{Asker, Lost};
use super::find::Target;
use super::manifest::{self, File};
use super::parts::{Part, Principals};
use super::shapes::text;
use super::{AccountSnapshot, Clock, MissingPart, SnapshotRequest, details, place, report};
use crate::input::died;
use crate::input::s3::{Needs, refusal_of};
use crate::posture::StateKind;

/// Asks an account and writes its folder.
pub(super) async fn take(target: &Target, request: &SnapshotRequest, clock: Clock) -> AccountSnapshot {
    let begun = clock.now();
    let folder = match place::begin(&request.folder, &target.account_id, request.overwrite) {
        Ok(folder) => folder,
        Err(why) => return target.unread(why),
    };
    let asker = match asker(target).await {
        Ok(asker) => Arc::new(asker),
        Err(why) => return target.unread(why),
    };
    let taken = match taken(&asker, target, request).await {
        Ok(taken) => taken,
        Err(why) => return AccountSnapshot { calls: asker.calls.count(), ..target.unread(why) },
    };
    let calls = asker.calls.count();
    let name = target.name.clone().or_else(|| taken.alias.clone());
    let manifest = crate::posture::Manifest {
        name: name.clone(),
        organization: target.organization.clone(),
        asked_by: taken.asked_by,
        begun: begun.to_string(),
        ended: clock.now().to_string(),
        calls,
        ..manifest::of(&target.account_id, &taken.files, &taken.missing)
    };
    if let Err(why) = place::finish(folder, &taken.files, &manifest) {
        return AccountSnapshot { calls, ..target.unread(why) };
    }
    info!(account = target.account_id, calls, "state of IAM written");
    AccountSnapshot {
        account_id: Some(target.account_id.clone()),
        asked_by: target.access.label(),
        name,
        users: taken.users,
        roles: taken.roles,
        calls,
        missing: taken.missing,
        ..AccountSnapshot::default()
    }
}

/// Who asks this account.
async fn asker(target: &Target) -> Result<Asker, String> {
    let config = match &target.role {
        None => target.access.connect().await,
        Some(role) => target.access.connect_as(role).await,
    };
    Ok(Asker::new(config.map_err(|error| error.unnamed())?, target.access.attempts().is_some()))
}

/// All that was had of an account.
struct Taken {
    asked_by: String,
    alias: Option<String>,
    users: usize,
    roles: usize,
    files: Vec<File>,
    missing: Vec<MissingPart>,
}

async fn taken(asker: &Arc<Asker>, target: &Target, request: &SnapshotRequest) -> Result<Taken, String> {
    let (asked_by, identity) = identity(asker, target).await?;
    // It is made while the rest is asked for.
    let begun = report::begin(asker).await;
    let core = |kind: StateKind| move |lost: Lost| format!("{kind} cannot be had: {}", lost.why);
    begun.map_err(core(StateKind::CredentialReport))?;
    let details = details::ask(asker).await.map_err(core(StateKind::AuthorizationDetails))?;
    let users = details.users.len();
    let principals = Principals { users: details.users, arns: details.arns };
    let parts = parts(asker, principals, request.last_accessed).await?;
    let report = report::ask(asker, request.report_wait).await.map_err(core(StateKind::CredentialReport))?;
    let mut files = vec![
        File { kind: StateKind::CallerIdentity, text: identity },
        File { kind: StateKind::AuthorizationDetails, text: text(&details.document) },
        File { kind: StateKind::CredentialReport, text: text(&report) },
    ];
    let mut missing = Vec::new();
    for (kind, part) in parts {
        match part {
            Ok(text) => files.push(File { kind, text }),
            Err(lost) => missing.push(MissingPart { kind, why: lost.why }),
        }
    }
    files.sort_by_key(File::name);
    missing.sort_by_key(|part| part.kind.as_str());
    let alias = files.iter().find(|file| file.kind == StateKind::AccountAliases).and_then(|file| alias(&file.text));
    Ok(Taken { asked_by, alias, users, roles: details.roles, files, missing })
}

/// Who the credentials are of, as STS says and as a file holds it; they must be of the account that is meant.
async fn identity(asker: &Asker, target: &Target) -> Result<(String, String), String> {
    let asked = asker.sts.get_caller_identity().send().await;
    let caller = asked.map_err(|error| refusal_of(&error, Needs::GetCallerIdentity).why)?;
    let account_id = caller.account.unwrap_or_default();
    if account_id != target.account_id {
        return Err(format!("the credentials are of account {account_id}: check the role and the endpoints"));
    }
    let arn = caller.arn.unwrap_or_default();
    let document = json!({"UserId": caller.user_id, "Account": account_id, "Arn": arn});
    Ok((arn, text(&document)))
}

/// A part, and why it is missing where it is.
type Asked = (StateKind, Result<String, Lost>);

/// Asks for all parts at once. Credentials that hold no longer end it: nothing of what follows could be had.
async fn parts(asker: &Arc<Asker>, principals: Principals, last_accessed: bool) -> Result<Vec<Asked>, String> {
    let principals = Arc::new(principals);
    let mut asking = JoinSet::new();
    for part in Part::all(last_accessed) {
        let (asker, principals) = (Arc::clone(asker), Arc::clone(&principals));
        asking.spawn(async move { (part.kind(), part.ask(&asker, &principals).await) });
    }
    let mut all = Vec::new();
    while let Some(asked) = asking.join_next().await {
        match asked.map_err(died)? {
            (_, Err(lost)) if lost.is_end => return Err(lost.why),
            asked => all.push(asked),
        }
    }
    Ok(all)
}

/// The first alias: an account has one at most.
fn alias(text: &str) -> Option<String> {
    let document: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(document["AccountAliases"].get(0)?.as_str()?.to_owned())
}
