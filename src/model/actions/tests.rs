use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use super::*;

fn needed(source: &str, name: &str) -> String {
    match Actions::known().needed(source, name) {
        Needed::Actions(actions) => actions.join(" "),
        Needed::Nothing => "nothing".to_owned(),
        Needed::Unknown(service) => format!("unknown of {service:?}"),
    }
}

#[test]
fn what_calls_need() {
    for (source, name, expected) in [
        ("ec2.amazonaws.com", "RunInstances", "ec2:RunInstances"),
        ("monitoring.amazonaws.com", "PutMetricAlarm", "cloudwatch:PutMetricAlarm"),
        ("s3.amazonaws.com", "ListBuckets", "s3:ListAllMyBuckets"),
        ("s3.amazonaws.com", "HeadObject", "s3:GetObject"),
        ("s3.amazonaws.com", "GetObject", "s3:GetObject"),
        ("s3.amazonaws.com.cn", "PutBucketEncryption", "s3:PutEncryptionConfiguration"),
        ("lambda.amazonaws.com", "CreateFunction20150331", "lambda:CreateFunction"),
        ("lambda.amazonaws.com", "UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode"),
        ("lambda.amazonaws.com", "Invoke", "lambda:InvokeFunction"),
        ("cloudfront.amazonaws.com", "GetDistribution2016_09_29", "cloudfront:GetDistribution"),
        ("apigateway.amazonaws.com", "CreateRestApi", "apigateway:POST"),
        ("sts.amazonaws.com", "AssumeRole", "sts:AssumeRole"),
        // Application Auto Scaling has the event source of EC2 Auto Scaling, and some names that both have.
        ("autoscaling.amazonaws.com", "RegisterScalableTarget", "application-autoscaling:RegisterScalableTarget"),
        (
            "autoscaling.amazonaws.com",
            "PutScalingPolicy",
            "autoscaling:PutScalingPolicy application-autoscaling:PutScalingPolicy",
        ),
        ("autoscaling.amazonaws.com", "SetDesiredCapacity", "autoscaling:SetDesiredCapacity"),
        ("autoscaling.amazonaws.com", "NoSuchCall", "unknown of Some(\"autoscaling\")"),
        ("sts.amazonaws.com", "GetCallerIdentity", "nothing"),
        ("signin.amazonaws.com", "ConsoleLogin", "nothing"),
        ("ec2.amazonaws.com", "NoSuchCall", "unknown of Some(\"ec2\")"),
        ("no-such.amazonaws.com", "RunInstances", "unknown of None"),
        // Near misses of a version: a name may end in digits.
        ("route53.amazonaws.com", "NoSuchCall2015", "unknown of Some(\"route53\")"),
    ] {
        assert_eq!(needed(source, name), expected, "{source} {name}");
    }
    for (name, expected) in
        [("A20150331", "A"), ("A20150331v2", "A"), ("A2016_09_29", "A"), ("Av2", "Av2"), ("A12", "A12")]
    {
        assert_eq!(operations::without_version(name), expected);
    }
}

#[test]
fn what_logs_cannot_tell() {
    let actions = Actions::known();
    for (action, expected) in [
        ("iam:CreateUser", None),
        ("ec2:DescribeInstances", None),
        ("s3:GetBucketPolicy", None),
        ("dynamodb:DescribeTable", None),
        ("iam:PassRole", Some(Unknowable::WithinOthers)),
        ("sts:TagSession", Some(Unknowable::WithinOthers)),
        ("ec2:CreateTags", Some(Unknowable::Tags)),
        ("s3:GetObject", Some(Unknowable::DataEvent)),
        ("s3:GetObjectVersion", Some(Unknowable::DataEvent)),
        ("dynamodb:GetItem", Some(Unknowable::DataEvent)),
        ("dynamodb:PartiQLSelect", Some(Unknowable::DataEvent)),
        ("lambda:InvokeFunction", Some(Unknowable::DataEvent)),
        ("sns:Publish", Some(Unknowable::DataEvent)),
        ("kms:CreateKey", Some(Unknowable::Service)),
        ("sts:GetCallerIdentity", Some(Unknowable::NeedsNone)),
        ("sts:AssumeRole", None),
        ("iam:CreateServiceLinkedRole", Some(Unknowable::ByServices)),
        ("ec2:CreateNetworkInterface", Some(Unknowable::ByServices)),
        ("ec2:AttachNetworkInterface", None),
        ("dynamodb:ListStreams", Some(Unknowable::ByServices)),
        ("dynamodb:DescribeEndpoints", Some(Unknowable::DataEvent)),
        ("dynamodb:DescribeExport", None),
        ("guardduty:SendSecurityTelemetry", Some(Unknowable::DataEvent)),
        ("guardduty:ListFindings", None),
        ("lambda:SendDurableExecutionCallbackSuccess", Some(Unknowable::DataEvent)),
        ("lambda:GetFunction", None),
        ("rds:DescribeDBInstances", Some(Unknowable::Service)),
        ("sqs:ListQueues", Some(Unknowable::Service)),
        ("ec2:NoSuchAction", Some(Unknowable::NotListed)),
        ("nothing", Some(Unknowable::NotListed)),
    ] {
        assert_eq!(actions.unknowable(action), expected, "{action}");
    }
    assert_eq!(actions.spelt("S3:getobject").as_deref(), Some("s3:GetObject"));
    assert_eq!(actions.spelt("s3:Get*"), None);
    assert!(actions.all().count() > 20_000);
    for prefix in recorded::services() {
        assert!(actions.services.contains_key(prefix), "{prefix}");
    }
}

#[test]
fn access_levels_and_managed_policies() {
    for (action, level) in [
        ("iam:PutUserPolicy", Some(AccessLevel::PermissionsManagement)),
        ("ec2:RunInstances", Some(AccessLevel::Write)),
        ("ec2:CreateTags", Some(AccessLevel::Tagging)),
        ("s3:GetObject", Some(AccessLevel::Read)),
        ("s3:ListAllMyBuckets", Some(AccessLevel::List)),
        ("s3:NoSuchAction", None),
        ("nothing", None),
    ] {
        assert_eq!(Actions::known().level(action), level, "{action}");
    }
    let known = Actions::known();
    assert!(known.all().filter(|action| known.level(action).is_none()).count() < 20);
    let policies = AwsPolicies::known();
    assert!(policies.iter().count() > 1_200);
    for policy in policies.iter() {
        assert!(!policy.name.is_empty() && !policy.statements.is_empty(), "{}", policy.name);
        assert!(policy.statements.iter().all(|it| !it.actions.values().is_empty()), "{}", policy.name);
    }
    let of = |name: &str| policies.iter().find(|policy| policy.name == name).unwrap();
    assert_eq!(of("AdministratorAccess").statements[0].actions, crate::model::Listed::Only(vec!["*".to_owned()]));
    assert_eq!(of("job-function/ViewOnlyAccess").arn(), "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess");
    assert!(!policies.iter().any(|policy| policy.name.starts_with("aws-service-role/")));
}

#[test]
fn what_is_listed_by_hand_is_in_the_table() {
    let actions = Actions::known();
    // A sign-in is no action, and asks for some all the same.
    for action in operations::all_named().filter(|action| !action.starts_with("signin:")) {
        assert_eq!(actions.spelt(&action).as_deref(), Some(action.as_str()));
    }
}

/// The folder of research beside the real logs.
fn research() -> Option<std::path::PathBuf> {
    let logs = std::env::var_os("TRAILSCAN_REAL_LOGS")?;
    let file = Path::new(&logs).parent()?.join("research/api-to-action.tsv.gz");
    file.is_file().then_some(file)
}

/// Compares with AWS's service reference: how much agrees, and that no action counts as shown by logs which an operation
/// of another name asks for in the same service.
#[test]
fn the_table_beside_the_service_reference() {
    let Some(file) = research() else {
        eprintln!("!!!! LEFT OUT: no research/api-to-action.tsv.gz beside TRAILSCAN_REAL_LOGS to compare actions with");
        return;
    };
    let mut text = String::new();
    let file = std::fs::File::open(file).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let actions = Actions::known();
    let (mut agree, mut differ, mut unknown, mut unsafe_) = (0, Vec::new(), 0, BTreeSet::new());
    for (operation, needs) in text.lines().filter_map(|line| line.split_once('\t')) {
        let (service, name) = operation.split_once(':').unwrap();
        let needs: Vec<&str> = needs.split(',').collect();
        match actions.needed(&format!("{service}.amazonaws.com"), name) {
            Needed::Actions(ours) => {
                match ours.iter().any(|ours| needs.contains(&ours.as_str())) {
                    true => agree += 1,
                    false => differ.push(format!("{operation}: {} not {}", ours.join(" "), needs.join(" "))),
                }
                let others: Vec<&str> = ours.iter().flat_map(|ours| actions.others(ours)).collect();
                for need in needs.iter().filter(|need| need.starts_with(&format!("{service}:"))) {
                    let is_told = ours.iter().any(|ours| ours == need) || others.contains(need);
                    if !is_told && actions.unknowable(need).is_none() {
                        unsafe_.insert(format!("{operation} {need}"));
                    }
                }
            }
            _ => unknown += 1,
        }
    }
    println!("agree {agree}, differ {}, unknown {unknown}", differ.len());
    println!("{}", differ.join("\n"));
    assert!(unsafe_.is_empty(), "asked for by others:\n{}", unsafe_.into_iter().collect::<Vec<_>>().join("\n"));
    assert!(agree > 14_000 && differ.len() < 200, "{agree} {}", differ.len());
}
