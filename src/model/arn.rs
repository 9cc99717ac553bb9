//! Amazon Resource Names, split but never rebuilt: partitions differ (`aws`, `aws-cn`, `aws-us-gov`).

/// The parts of `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, borrowed.
///
/// Source: IAM user guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`…
    pub partition: &'a str,
    /// `iam`, `sts`…
    pub service: &'a str,
    /// Empty for global services.
    pub region: &'a str,
    /// The account that owns the resource; `aws` for AWS's own.
    pub account_id: &'a str,
    /// All that follows, with its colons and slashes: `role/path/name`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits `text`; `None` when it is no ARN.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut rest = text.strip_prefix("arn:")?;
        let mut part = || {
            let colon = rest.bytes().position(|byte| byte == b':')?;
            let part = &rest[..colon];
            rest = &rest[colon + 1..];
            Some(part)
        };
        let (partition, service, region, account_id) = (part()?, part()?, part()?, part()?);
        Some(Self { partition, service, region, account_id, resource: rest })
    }

    /// Whether it is a role that IAM Identity Center keeps for a permission set. IAM lets nobody else use the path.
    ///
    /// Sources: IAM user guide, "IAM identifiers", paths; IAM Identity Center user guide, "Referencing permission sets in
    /// resource policies, Amazon EKS cluster config maps, and AWS KMS key policies".
    pub fn is_role_of_identity_center(&self) -> bool {
        self.service == "iam" && self.resource.starts_with("role/aws-reserved/sso.amazonaws.com/")
    }

    /// The service whose service-linked role it is: `config.amazonaws.com`. IAM lets nobody else use the path.
    ///
    /// Source: IAM user guide, "Create a service-linked role".
    pub fn linked_service(&self) -> Option<&'a str> {
        let rest = self.resource.strip_prefix("role/aws-service-role/").filter(|_| self.service == "iam")?;
        rest.split('/').next()
    }

    /// The last part of a path such as `role/service/name`: the name that IAM shows.
    pub fn name(&self) -> &'a str {
        self.resource.rsplit('/').next().unwrap_or(self.resource)
    }
}
