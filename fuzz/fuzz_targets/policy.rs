//! Policy documents: any text is read or refused, and what is asked of a policy has an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailscan::model::Policy;

fuzz_target!(|text: &str| {
    let Ok(policy) = Policy::read(text) else { return };
    let _ = (policy.grants_admin(), policy.only_denies(), policy.uses_not_action(), policy.uses_not_resource());
    let _ = (policy.escalations(), policy.whole_services(), policy.write_on_all_resources());
    let _ = policy.open_principals("111122223333");
    assert!(policy.normalised() == policy.normalised());
    let both = Policy::joined([&policy, &policy]);
    assert_eq!(both.statements().len(), 2 * policy.statements().len());
});
