//! Whether a profile's credentials can be had, and whose they are: STS is asked, which answers whoever has any.

use std::io;
use std::time::Duration;

use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use tokio::task::JoinSet;

use super::access::{Access, AccessError};
use super::explain::{Needs, Next, refusal_of};
use crate::input::caught::caught_in;

/// How long a profile may take.
const WITHIN: Duration = Duration::from_secs(5);

/// What asking with a profile came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// AWS knows the credentials.
    Known {
        /// The account.
        account_id: Option<String>,
        /// The user, role session or root that they are of.
        arn: Option<String>,
    },
    /// There are none, or AWS refuses them: why, and the next step.
    Refused(String),
    /// There are some, but nobody could say whether they are good: why, and the next step.
    Unknown(String),
}

/// Asks with all profiles at once; the answers in the same order. Takes 5 seconds at most.
///
/// # Errors
/// When no threads can be started.
pub fn callers(profiles: &[String]) -> io::Result<Vec<Caller>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut callers = vec![Caller::Unknown("the asking was stopped".to_owned()); profiles.len()];
    runtime.block_on(async {
        let mut asking = JoinSet::new();
        for (number, name) in profiles.iter().enumerate() {
            let access = Access { profile: Some(name.clone()), ..Access::default() };
            asking.spawn(async move { (number, caught_in(caller(&access)).await.unwrap_or_else(Caller::Unknown)) });
        }
        while let Some(done) = asking.join_next().await {
            if let Ok((number, caller)) = done {
                callers[number] = caller;
            }
        }
    });
    // A command that hangs must not hold up the end.
    runtime.shutdown_background();
    Ok(callers)
}

async fn caller(access: &Access) -> Caller {
    let late = || {
        // Whether the credentials were had says who is late.
        let who = if access.is_connected() { "STS gives" } else { "its source of credentials gives" };
        Caller::Unknown(format!("{who} no answer within {} s: check the network", WITHIN.as_secs()))
    };
    tokio::time::timeout(WITHIN, asked(access)).await.unwrap_or_else(|_| late())
}

async fn asked(access: &Access) -> Caller {
    let config = match access.connect().await {
        Ok(config) => config,
        Err(AccessError::Profile { why, .. } | AccessError::Unusable { why, .. }) => return Caller::Refused(why),
        Err(error) => return Caller::Refused(error.to_string()),
    };
    match aws_sdk_sts::Client::new(&config).get_caller_identity().send().await {
        Ok(GetCallerIdentityOutput { account, arn, .. }) => Caller::Known { account_id: account, arn },
        Err(error) => {
            let refusal = refusal_of(&error, Needs::GetCallerIdentity);
            match refusal.next {
                Next::Again | Next::Unanswered | Next::Slower => Caller::Unknown(refusal.why),
                Next::Region(_) | Next::End | Next::Archived | Next::No => Caller::Refused(refusal.why),
            }
        }
    }
}
