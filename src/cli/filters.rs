//! The filters that were typed: one list, for whoever asks what was given.

use trailscan::filter::{Access, Criteria};
use trailscan::report::FILTERS;

use super::flags::Common;

/// The values of each filter, by its flag without dashes; a flag that takes none has an empty one where it is given.
pub fn given(common: &Common) -> Vec<(&'static str, Vec<String>)> {
    let set = |is_given: bool| if is_given { vec![String::new()] } else { Vec::new() };
    let values = [
        common.account.clone(),
        common.region.clone(),
        common.principal.clone(),
        common.event.clone(),
        common.service.clone(),
        common.address.clone(),
        common.access_key.clone(),
        common.session.clone(),
        common.resource.clone(),
        common.error.clone(),
        common.user_agent.clone(),
        common.event_id.clone(),
        set(common.read_only),
        set(common.write),
        common.below.clone(),
    ];
    FILTERS.into_iter().zip(values).collect()
}

/// What they ask of an event.
pub fn criteria(common: &Common) -> Criteria {
    let read_only = common.read_only.then_some(Access::ReadOnly);
    Criteria {
        accounts: common.account.clone(),
        regions: common.region.clone(),
        principals: common.principal.clone(),
        events: common.event.clone(),
        services: common.service.clone(),
        access_keys: common.access_key.clone(),
        addresses: common.address.clone(),
        sessions: common.session.clone(),
        resources: common.resource.clone(),
        errors: common.error.clone(),
        user_agents: common.user_agent.clone(),
        event_ids: common.event_id.clone(),
        access: read_only.or(common.write.then_some(Access::Write)),
        below: common.below.clone(),
    }
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;
    use crate::cli::flags;

    #[test]
    fn every_filter_is_given_under_its_flag() {
        let filters = flags::command();
        let filters = filters.get_arguments().filter(|arg| arg.get_help_heading() == Some("Filters"));
        let filters: Vec<(String, bool)> =
            filters.map(|arg| (arg.get_long().expect("a flag").to_owned(), arg.get_action().takes_values())).collect();
        assert_eq!(filters.len(), FILTERS.len());
        for (flag, takes_value) in filters {
            let value = if takes_value { "value" } else { "" };
            let words = ["trailscan".to_owned(), format!("--{flag}")];
            let words = words.into_iter().chain((!value.is_empty()).then(|| value.to_owned()));
            let matches = flags::command().try_get_matches_from(words).expect("a flag");
            let common = Common::from_arg_matches(&matches).expect("flags");
            let given: Vec<_> = given(&common).into_iter().filter(|(_, values)| !values.is_empty()).collect();
            assert_eq!(given.len(), 1, "{flag}");
            assert_eq!((given[0].0, &given[0].1[..]), (&*flag, &[value.to_owned()][..]));
            assert_ne!(criteria(&common), Criteria::default(), "{flag}");
        }
    }
}
