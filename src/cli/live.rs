//! `--live`: IAM's state, asked of AWS before the logs are read, and read as if its files had been given.

use std::sync::Arc;

use trailscan::coverage::{Beside, Failure, StateFile, StateFileStatus};
use trailscan::input::s3::Access;
use trailscan::model::EventTime;
use trailscan::output::Scratch;
use trailscan::posture::{AccountNames, AsOfBasis, Places};
use trailscan::snapshot::{self, DEFAULT_ACCOUNTS_AT_ONCE, DEFAULT_REPORT_WAIT, Snapshot, SnapshotRequest};

use super::exit::Problem;
use super::flags::Common;
use super::iam_snapshot;
use super::iam_state::StateTyped;
use super::stop::STOP;

/// Who is asked.
pub struct Live {
    who: Vec<Arc<Access>>,
    organization_role: Option<String>,
}

/// What was asked; its files are gone with it.
pub struct Asked {
    scratch: Scratch,
    snapshot: Snapshot,
}

impl Live {
    /// What was typed of it.
    ///
    /// # Errors
    /// [`Problem::Usage`] when nobody can ask.
    pub fn of(typed: &StateTyped, common: &Common) -> Result<Option<Self>, Problem> {
        if !typed.live {
            return Ok(None);
        }
        if common.s3.no_sign_request {
            return Err(Problem::usage(
                "--live asks IAM, which answers no unsigned request: leave --no-sign-request out",
            ));
        }
        let who = common.s3.who().map_err(Problem::usage)?;
        Ok(Some(Self { who, organization_role: typed.org_role.clone() }))
    }
}

impl Asked {
    /// Asks, and adds what was answered to the state that is read, and to the names of accounts.
    ///
    /// # Errors
    /// When there is no place for it, or no account answers.
    pub fn of(
        live: &Live,
        now: EventTime,
        state: &mut Places,
        names: &mut Option<AccountNames>,
    ) -> Result<Self, Problem> {
        let scratch = Scratch::new()?;
        let request = SnapshotRequest {
            folder: scratch.path().to_owned(),
            who: live.who.clone(),
            organization_role: live.organization_role.clone(),
            last_accessed: false,
            at_once: DEFAULT_ACCOUNTS_AT_ONCE,
            report_wait: DEFAULT_REPORT_WAIT,
            overwrite: false,
            now,
        };
        let snapshot = snapshot::take(request, &STOP).map_err(Problem::failed)?;
        if snapshot.accounts.iter().all(|account| account.why_not.is_some()) {
            iam_snapshot::tell_lacking(&snapshot);
            return Err(Problem::failed("--live: no account gave its state, so there is no answer"));
        }
        state.live = Some(scratch.path().to_owned());
        *names = Some(names.take().unwrap_or_default().or(AccountNames::of_state(state)));
        Ok(Self { scratch, snapshot })
    }

    /// Adds the accounts that were not written to what an answer rests on; of the others their manifests tell.
    pub fn add_to(&self, beside: &mut Beside) {
        tracing::debug!(folder = %self.scratch.path().display(), "state of IAM");
        for account in &self.snapshot.accounts {
            let Some(why) = &account.why_not else { continue };
            let object = match &account.account_id {
                Some(id) => format!("live/{id}"),
                None => account.asked_by.clone(),
            };
            beside.state_files.push(StateFile {
                file: object.clone(),
                kind: None,
                account_id: account.account_id.clone(),
                as_of: None,
                as_of_basis: AsOfBasis::None.as_str(),
                status: StateFileStatus::Failed,
            });
            beside.failures.push(Failure { object, why: why.clone() });
        }
    }
}
