//! What no longer watches the account. A table, with nothing decided in it.

use super::{Lasting, lasting};

/// The kinds, and what takes each back.
///
/// Source: API references of Amazon GuardDuty, AWS Config, AWS Security Hub, Amazon Macie, Amazon Inspector, Amazon
/// Detective and IAM Access Analyzer.
pub(super) const UNWATCHED: &[Lasting] = &[
    lasting(
        ("guardduty", "DeleteDetector"),
        "GuardDuty detector deleted",
        &["detectorId"],
        &[("CreateDetector", &[])],
        "aws guardduty create-detector --enable",
    ),
    lasting(
        ("guardduty", "UpdateDetector"),
        "GuardDuty watches less",
        &["detectorId"],
        &[("UpdateDetector", &["detectorId", "enable|status:true|ENABLED"]), ("DeleteDetector", &["detectorId"])],
        "aws guardduty get-detector --detector-id {detectorId}  # then update-detector",
    )
    .only("enable|status:false|DISABLED"),
    lasting(
        ("guardduty", "UpdateMemberDetectors"),
        "GuardDuty watches less in member accounts",
        &["detectorId", "accountIds"],
        &[("UpdateMemberDetectors", &["detectorId", "*accountIds", "enable|status:true|ENABLED"])],
        "aws guardduty get-member-detectors --detector-id {detectorId} --account-ids {accountIds}  # then \
         update-member-detectors",
    )
    .only("enable|status:false|DISABLED"),
    lasting(
        ("guardduty", "CreateFilter"),
        "findings of GuardDuty archived unseen",
        &["detectorId", "name"],
        &[
            ("DeleteFilter", &["detectorId", "filterName=name"]),
            ("UpdateFilter", &["detectorId", "filterName=name", "action:NOOP"]),
        ],
        "aws guardduty get-filter --detector-id {detectorId} --filter-name {name}  # then delete-filter",
    )
    .only("action:ARCHIVE"),
    lasting(
        ("guardduty", "UpdateFilter"),
        "findings of GuardDuty archived unseen",
        &["detectorId", "filterName"],
        &[
            ("DeleteFilter", &["detectorId", "filterName"]),
            ("UpdateFilter", &["detectorId", "filterName", "action:NOOP"]),
        ],
        "aws guardduty get-filter --detector-id {detectorId} --filter-name {filterName}  # then \
         update-filter",
    )
    .only("action:ARCHIVE"),
    lasting(
        ("guardduty", "CreateIPSet"),
        "addresses that GuardDuty trusts",
        &["detectorId", "ipSetId", "name"],
        &[("DeleteIPSet", &["detectorId", "ipSetId"]), ("UpdateIPSet", &["detectorId", "ipSetId", "activate:false"])],
        "aws guardduty update-ip-set --detector-id {detectorId} --ip-set-id {ipSetId} --no-activate",
    )
    .only("!activate:false"),
    lasting(
        ("guardduty", "UpdateIPSet"),
        "addresses that GuardDuty trusts",
        &["detectorId", "ipSetId"],
        &[("DeleteIPSet", &["detectorId", "ipSetId"]), ("UpdateIPSet", &["detectorId", "ipSetId", "activate:false"])],
        "aws guardduty update-ip-set --detector-id {detectorId} --ip-set-id {ipSetId} --no-activate",
    )
    .only("!activate:false"),
    lasting(
        ("guardduty", "StopMonitoringMembers"),
        "GuardDuty stopped in member accounts",
        &["detectorId", "accountIds"],
        &[("StartMonitoringMembers", &["detectorId", "*accountIds"])],
        "aws guardduty start-monitoring-members --detector-id {detectorId} --account-ids {accountIds}",
    ),
    lasting(
        ("guardduty", "DisassociateMembers"),
        "member accounts taken from GuardDuty",
        &["detectorId", "accountIds"],
        &[("CreateMembers", &["detectorId", "*accountId=accountIds"])],
        "aws guardduty list-members --detector-id {detectorId} --no-only-associated  # then \
         create-members",
    ),
    lasting(
        ("guardduty", "DeleteMembers"),
        "member accounts taken from GuardDuty",
        &["detectorId", "accountIds"],
        &[("CreateMembers", &["detectorId", "*accountId=accountIds"])],
        "aws guardduty list-members --detector-id {detectorId} --no-only-associated  # then \
         create-members",
    ),
    lasting(
        ("guardduty", "DisassociateFromAdministratorAccount"),
        "account that left its administrator of GuardDuty",
        &["detectorId"],
        &[("AcceptAdministratorInvitation", &["detectorId"])],
        "aws guardduty get-administrator-account --detector-id {detectorId}  # then \
         accept-administrator-invitation",
    ),
    lasting(
        ("guardduty", "DisassociateFromMasterAccount"),
        "account that left its administrator of GuardDuty",
        &["detectorId"],
        &[("AcceptInvitation", &["detectorId"]), ("AcceptAdministratorInvitation", &["detectorId"])],
        "aws guardduty get-administrator-account --detector-id {detectorId}  # then \
         accept-administrator-invitation",
    ),
    lasting(
        ("guardduty", "DeletePublishingDestination"),
        "findings of GuardDuty no longer exported",
        &["detectorId", "destinationId"],
        &[("CreatePublishingDestination", &["detectorId"])],
        "aws guardduty list-publishing-destinations --detector-id {detectorId}  # then \
         create-publishing-destination",
    ),
    lasting(
        ("config", "StopConfigurationRecorder"),
        "recorder of AWS Config stopped",
        &["configurationRecorderName"],
        &[("StartConfigurationRecorder", &["configurationRecorderName"])],
        "aws configservice start-configuration-recorder --configuration-recorder-name \
         {configurationRecorderName}",
    ),
    lasting(
        ("config", "DeleteConfigurationRecorder"),
        "recorder of AWS Config deleted",
        &["configurationRecorderName"],
        &[("PutConfigurationRecorder", &["name=configurationRecorderName"])],
        "aws configservice describe-configuration-recorders  # what it recorded is not in this log; then \
         put-configuration-recorder",
    ),
    lasting(
        ("config", "PutConfigurationRecorder"),
        "AWS Config records less",
        &["name"],
        &[
            ("PutConfigurationRecorder", &["name", "allSupported:true"]),
            ("DeleteConfigurationRecorder", &["configurationRecorderName=name"]),
        ],
        "aws configservice describe-configuration-recorders --configuration-recorder-names {name}  # then \
         put-configuration-recorder",
    )
    .only("allSupported:false"),
    lasting(
        ("config", "DeleteDeliveryChannel"),
        "delivery of AWS Config deleted",
        &["deliveryChannelName"],
        &[("PutDeliveryChannel", &["name=deliveryChannelName"])],
        "aws configservice describe-delivery-channels  # where it delivered is not in this log; then \
         put-delivery-channel",
    ),
    lasting(
        ("config", "DeleteConfigRule"),
        "rule of AWS Config deleted",
        &["configRuleName"],
        &[("PutConfigRule", &["configRuleName"])],
        "aws configservice describe-config-rules  # what it checked is not in this log; then \
         put-config-rule",
    ),
    lasting(
        ("securityhub", "DisableSecurityHub"),
        "Security Hub switched off",
        &[],
        &[("EnableSecurityHub", &[])],
        "aws securityhub enable-security-hub",
    ),
    lasting(
        ("securityhub", "BatchDisableStandards"),
        "standards of Security Hub switched off",
        &["standardsSubscriptionArns"],
        &[("BatchEnableStandards", &[])],
        "aws securityhub get-enabled-standards  # then batch-enable-standards",
    ),
    lasting(
        ("securityhub", "UpdateStandardsControl"),
        "control of Security Hub switched off",
        &["standardsControlArn"],
        &[("UpdateStandardsControl", &["standardsControlArn", "controlStatus:ENABLED"])],
        "aws securityhub update-standards-control --standards-control-arn {standardsControlArn} \
         --control-status ENABLED",
    )
    .only("controlStatus:DISABLED"),
    lasting(
        ("securityhub", "CreateAutomationRule"),
        "findings of Security Hub suppressed",
        &["ruleName", "+ruleArn"],
        &[("BatchDeleteAutomationRules", &["automationRulesArns=ruleArn"])],
        "aws securityhub batch-get-automation-rules --automation-rules-arns {ruleArn}  # then \
         batch-delete-automation-rules",
    )
    .only("status:SUPPRESSED"),
    lasting(("macie2", "DisableMacie"), "Macie switched off", &[], &[("EnableMacie", &[])], "aws macie2 enable-macie"),
    lasting(
        ("inspector2", "Disable"),
        "Inspector switched off",
        &[],
        &[("Enable", &[])],
        "aws inspector2 batch-get-account-status  # then enable",
    ),
    lasting(
        ("detective", "DeleteGraph"),
        "Detective switched off",
        &["graphArn"],
        &[("CreateGraph", &[])],
        "aws detective create-graph",
    ),
    lasting(
        ("access-analyzer", "DeleteAnalyzer"),
        "analyzer deleted",
        &["analyzerName"],
        &[("CreateAnalyzer", &["analyzerName"])],
        "aws accessanalyzer list-analyzers  # then create-analyzer",
    ),
    lasting(
        ("access-analyzer", "CreateArchiveRule"),
        "findings of an analyzer archived unseen",
        &["analyzerName", "ruleName"],
        &[("DeleteArchiveRule", &["analyzerName", "ruleName"]), ("DeleteAnalyzer", &["analyzerName"])],
        "aws accessanalyzer delete-archive-rule --analyzer-name {analyzerName} --rule-name {ruleName}",
    ),
];
