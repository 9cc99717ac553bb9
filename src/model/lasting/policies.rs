//! What is opened or shared by the policy or the settings of a resource. A table, with nothing decided in it.

use super::{Lasting, lasting};

/// The kinds, and what takes each back.
///
/// Source: API references of the services.
pub(super) const POLICIES: &[Lasting] = &[
    lasting(
        ("s3", "PutBucketPolicy"),
        "bucket policy",
        &["bucketName"],
        &[
            ("PutBucketPolicy", &["bucketName"]),
            ("DeleteBucketPolicy", &["bucketName"]),
            ("DeleteBucket", &["bucketName"]),
        ],
        "aws s3api get-bucket-policy --bucket {bucketName}  # then put-bucket-policy or \
         delete-bucket-policy",
    ),
    lasting(
        ("s3", "PutBucketAcl"),
        "ACL of a bucket",
        &["bucketName"],
        &[("PutBucketAcl", &["bucketName"]), ("DeleteBucket", &["bucketName"])],
        "aws s3api get-bucket-acl --bucket {bucketName}  # then put-bucket-acl --acl private",
    )
    .of_outsiders(),
    lasting(
        ("s3", "PutObjectAcl"),
        "ACL of an object",
        &["bucketName", "key"],
        &[
            ("PutObjectAcl", &["bucketName", "key", "x-amz-acl:private"]),
            ("DeleteObject", &["bucketName", "key"]),
            ("DeleteBucket", &["bucketName"]),
        ],
        "aws s3api get-object-acl --bucket {bucketName} --key {key}  # then put-object-acl --acl private",
    )
    .only("!x-amz-acl:private|bucket-owner-read|bucket-owner-full-control"),
    lasting(
        ("s3", "PutBucketReplication"),
        "bucket replicated",
        &["bucketName"],
        &[("DeleteBucketReplication", &["bucketName"]), ("DeleteBucket", &["bucketName"])],
        "aws s3api get-bucket-replication --bucket {bucketName}  # then delete-bucket-replication",
    ),
    lasting(
        ("s3", "PutBucketPublicAccessBlock"),
        "public access to a bucket no longer blocked",
        &["bucketName"],
        &[
            (
                "PutBucketPublicAccessBlock",
                &[
                    "bucketName",
                    "BlockPublicAcls:true",
                    "IgnorePublicAcls:true",
                    "BlockPublicPolicy:true",
                    "RestrictPublicBuckets:true",
                ],
            ),
            ("DeleteBucket", &["bucketName"]),
        ],
        "aws s3api get-public-access-block --bucket {bucketName}  # then put-public-access-block",
    )
    .only("BlockPublicAcls|IgnorePublicAcls|BlockPublicPolicy|RestrictPublicBuckets:false"),
    lasting(
        ("s3", "DeleteBucketPublicAccessBlock"),
        "public access to a bucket no longer blocked",
        &["bucketName"],
        &[
            (
                "PutBucketPublicAccessBlock",
                &[
                    "bucketName",
                    "BlockPublicAcls:true",
                    "IgnorePublicAcls:true",
                    "BlockPublicPolicy:true",
                    "RestrictPublicBuckets:true",
                ],
            ),
            ("DeleteBucket", &["bucketName"]),
        ],
        "aws s3api get-bucket-policy-status --bucket {bucketName}  # what was blocked before is not in \
         this log; then put-public-access-block",
    ),
    lasting(
        ("s3", "PutAccountPublicAccessBlock"),
        "public access to buckets no longer blocked",
        &["+accountId"],
        &[(
            "PutAccountPublicAccessBlock",
            &["BlockPublicAcls:true", "IgnorePublicAcls:true", "BlockPublicPolicy:true", "RestrictPublicBuckets:true"],
        )],
        "aws s3control get-public-access-block --account-id {accountId}  # then put-public-access-block",
    )
    .only("BlockPublicAcls|IgnorePublicAcls|BlockPublicPolicy|RestrictPublicBuckets:false"),
    lasting(
        ("s3", "DeleteAccountPublicAccessBlock"),
        "public access to buckets no longer blocked",
        &["+accountId"],
        &[(
            "PutAccountPublicAccessBlock",
            &["BlockPublicAcls:true", "IgnorePublicAcls:true", "BlockPublicPolicy:true", "RestrictPublicBuckets:true"],
        )],
        "aws s3control get-public-access-block --account-id {accountId}  # what was blocked before is not \
         in this log; then put-public-access-block",
    ),
    lasting(
        ("s3", "PutBucketNotification"),
        "notifications of a bucket",
        &["bucketName"],
        &[("DeleteBucket", &["bucketName"])],
        "aws s3api get-bucket-notification-configuration --bucket {bucketName}  # then \
         put-bucket-notification-configuration",
    ),
    lasting(
        ("kms", "PutKeyPolicy"),
        "policy of a key",
        &["keyId"],
        &[("PutKeyPolicy", &["keyId"])],
        "aws kms get-key-policy --key-id {keyId} --policy-name default  # what it said before is not in \
         this log; then put-key-policy",
    ),
    lasting(
        ("kms", "CreateGrant"),
        "grant on a key",
        &["keyId", "grantId"],
        &[("RevokeGrant", &["grantId"]), ("RetireGrant", &["grantId"])],
        "aws kms revoke-grant --key-id {keyId} --grant-id {grantId}",
    ),
    lasting(
        ("secretsmanager", "PutResourcePolicy"),
        "policy of a secret",
        &["secretId"],
        &[
            ("PutResourcePolicy", &["secretId"]),
            ("DeleteResourcePolicy", &["secretId"]),
            ("DeleteSecret", &["secretId"]),
        ],
        "aws secretsmanager get-resource-policy --secret-id {secretId}  # then put-resource-policy or \
         delete-resource-policy",
    ),
    lasting(
        ("secretsmanager", "ReplicateSecretToRegions"),
        "secret replicated",
        &["secretId"],
        &[("RemoveRegionsFromReplication", &["secretId"]), ("DeleteSecret", &["secretId"])],
        "aws secretsmanager describe-secret --secret-id {secretId}  # then \
         remove-regions-from-replication",
    ),
    lasting(
        ("ecr", "SetRepositoryPolicy"),
        "policy of a repository",
        &["repositoryName"],
        &[
            ("SetRepositoryPolicy", &["repositoryName"]),
            ("DeleteRepositoryPolicy", &["repositoryName"]),
            ("DeleteRepository", &["repositoryName"]),
        ],
        "aws ecr get-repository-policy --repository-name {repositoryName}  # then set-repository-policy \
         or delete-repository-policy",
    ),
    lasting(
        ("ecr", "PutRegistryPolicy"),
        "policy of the registry",
        &[],
        &[("PutRegistryPolicy", &[]), ("DeleteRegistryPolicy", &[])],
        "aws ecr get-registry-policy  # then put-registry-policy or delete-registry-policy",
    ),
    lasting(
        ("ecr", "PutReplicationConfiguration"),
        "registry replicated",
        &[],
        &[],
        "aws ecr describe-registry  # then put-replication-configuration",
    ),
    lasting(
        ("sns", "AddPermission"),
        "topic opened to others",
        &["topicArn", "label"],
        &[("RemovePermission", &["topicArn", "label"]), ("DeleteTopic", &["topicArn"])],
        "aws sns remove-permission --topic-arn {topicArn} --label {label}",
    ),
    lasting(
        ("sns", "SetTopicAttributes"),
        "policy of a topic",
        &["topicArn"],
        &[("SetTopicAttributes", &["topicArn", "attributeName:Policy"]), ("DeleteTopic", &["topicArn"])],
        "aws sns get-topic-attributes --topic-arn {topicArn}  # then set-topic-attributes",
    )
    .of_outsiders(),
    lasting(
        ("sns", "Subscribe"),
        "subscription of a topic",
        &["topicArn", "endpoint", "+subscriptionArn"],
        &[("Unsubscribe", &["subscriptionArn"]), ("DeleteTopic", &["topicArn"])],
        "aws sns list-subscriptions-by-topic --topic-arn {topicArn}  # then unsubscribe",
    ),
    lasting(
        ("sqs", "AddPermission"),
        "queue opened to others",
        &["queueUrl", "label"],
        &[("RemovePermission", &["queueUrl", "label"]), ("DeleteQueue", &["queueUrl"])],
        "aws sqs remove-permission --queue-url {queueUrl} --label {label}",
    ),
    lasting(
        ("sqs", "SetQueueAttributes"),
        "policy of a queue",
        &["queueUrl"],
        &[("SetQueueAttributes", &["queueUrl", "?Policy"]), ("DeleteQueue", &["queueUrl"])],
        "aws sqs get-queue-attributes --queue-url {queueUrl} --attribute-names Policy  # then \
         set-queue-attributes",
    )
    .of_outsiders(),
    lasting(
        ("events", "PutPermission"),
        "event bus opened to others",
        &["statementId", "+eventBusName"],
        &[("RemovePermission", &["statementId"])],
        "aws events describe-event-bus  # then remove-permission, with the name of the bus where it is \
         not the default one",
    ),
    lasting(
        ("ram", "CreateResourceShare"),
        "resources shared",
        &["resourceShareArn", "name"],
        &[("DeleteResourceShare", &["resourceShareArn"])],
        "aws ram get-resource-share-associations --association-type PRINCIPAL --resource-share-arns \
         {resourceShareArn}  # then disassociate-resource-share or delete-resource-share",
    ),
    lasting(
        ("ram", "AssociateResourceShare"),
        "resources shared",
        &["resourceShareArn", "principals", "resourceArns"],
        &[
            ("DisassociateResourceShare", &["resourceShareArn", "*principals|resourceArns"]),
            ("DeleteResourceShare", &["resourceShareArn"]),
        ],
        "aws ram get-resource-share-associations --association-type PRINCIPAL --resource-share-arns \
         {resourceShareArn}  # then disassociate-resource-share",
    ),
    lasting(
        ("ssm", "ModifyDocumentPermission"),
        "document shared",
        &["name", "accountIdsToAdd"],
        &[
            ("ModifyDocumentPermission", &["name", "*accountIdsToRemove=accountIdsToAdd"]),
            ("DeleteDocument", &["name"]),
        ],
        "aws ssm modify-document-permission --name {name} --permission-type Share --account-ids-to-remove \
         {accountIdsToAdd}",
    ),
    lasting(
        ("ssm", "PutResourcePolicy"),
        "policy of a parameter",
        &["resourceArn", "policyId"],
        &[("PutResourcePolicy", &["resourceArn"]), ("DeleteResourcePolicy", &["resourceArn"])],
        "aws ssm get-resource-policies --resource-arn {resourceArn}  # then delete-resource-policy",
    ),
    lasting(
        ("ssm", "UpdateServiceSetting"),
        "setting of Systems Manager",
        &["settingId"],
        &[("ResetServiceSetting", &["settingId"])],
        "aws ssm get-service-setting --setting-id {settingId}  # then reset-service-setting",
    ),
    lasting(
        ("dynamodb", "PutResourcePolicy"),
        "policy of a table",
        &["resourceArn"],
        &[
            ("PutResourcePolicy", &["resourceArn"]),
            ("DeleteResourcePolicy", &["resourceArn"]),
            ("DeleteTable", &["tableName=resourceArn"]),
        ],
        "aws dynamodb get-resource-policy --resource-arn {resourceArn}  # then put-resource-policy or \
         delete-resource-policy",
    ),
    lasting(
        ("kinesis", "PutResourcePolicy"),
        "policy of a stream",
        &["resourceARN"],
        &[("PutResourcePolicy", &["resourceARN"]), ("DeleteResourcePolicy", &["resourceARN"])],
        "aws kinesis get-resource-policy --resource-arn {resourceARN}  # then put-resource-policy or \
         delete-resource-policy",
    ),
    lasting(
        ("glue", "PutResourcePolicy"),
        "policy of the data catalog",
        &[],
        &[("PutResourcePolicy", &[]), ("DeleteResourcePolicy", &[])],
        "aws glue get-resource-policies  # then put-resource-policy or delete-resource-policy",
    ),
    lasting(
        ("backup", "PutBackupVaultAccessPolicy"),
        "policy of a backup vault",
        &["backupVaultName"],
        &[
            ("PutBackupVaultAccessPolicy", &["backupVaultName"]),
            ("DeleteBackupVaultAccessPolicy", &["backupVaultName"]),
            ("DeleteBackupVault", &["backupVaultName"]),
        ],
        "aws backup get-backup-vault-access-policy --backup-vault-name {backupVaultName}  # then \
         put-backup-vault-access-policy",
    ),
    lasting(
        ("es", "UpdateDomainConfig"),
        "policy of a search domain",
        &["domainName"],
        &[("UpdateDomainConfig", &["domainName", "?accessPolicies"]), ("DeleteDomain", &["domainName"])],
        "aws opensearch describe-domain-config --domain-name {domainName}  # then update-domain-config",
    )
    .of_outsiders(),
    lasting(
        ("es", "UpdateElasticsearchDomainConfig"),
        "policy of a search domain",
        &["domainName"],
        &[
            ("UpdateElasticsearchDomainConfig", &["domainName", "?accessPolicies"]),
            ("DeleteElasticsearchDomain", &["domainName"]),
        ],
        "aws es describe-elasticsearch-domain-config --domain-name {domainName}  # then \
         update-elasticsearch-domain-config",
    )
    .of_outsiders(),
    lasting(
        ("elasticfilesystem", "PutFileSystemPolicy"),
        "policy of a file system",
        &["fileSystemId"],
        &[
            ("PutFileSystemPolicy", &["fileSystemId"]),
            ("DeleteFileSystemPolicy", &["fileSystemId"]),
            ("DeleteFileSystem", &["fileSystemId"]),
        ],
        "aws efs describe-file-system-policy --file-system-id {fileSystemId}  # then \
         put-file-system-policy or delete-file-system-policy",
    ),
    lasting(
        ("codeartifact", "PutDomainPermissionsPolicy"),
        "policy of a domain of packages",
        &["domain"],
        &[
            ("PutDomainPermissionsPolicy", &["domain"]),
            ("DeleteDomainPermissionsPolicy", &["domain"]),
            ("DeleteDomain", &["domain"]),
        ],
        "aws codeartifact get-domain-permissions-policy --domain {domain}  # then \
         delete-domain-permissions-policy",
    ),
    lasting(
        ("codeartifact", "PutRepositoryPermissionsPolicy"),
        "policy of a repository of packages",
        &["domain", "repository"],
        &[
            ("PutRepositoryPermissionsPolicy", &["domain", "repository"]),
            ("DeleteRepositoryPermissionsPolicy", &["domain", "repository"]),
            ("DeleteRepository", &["domain", "repository"]),
        ],
        "aws codeartifact get-repository-permissions-policy --domain {domain} --repository {repository}  \
         # then delete-repository-permissions-policy",
    ),
    lasting(
        ("acm-pca", "PutPolicy"),
        "policy of a certificate authority",
        &["resourceArn"],
        &[
            ("PutPolicy", &["resourceArn"]),
            ("DeletePolicy", &["resourceArn"]),
            ("DeleteCertificateAuthority", &["certificateAuthorityArn=resourceArn"]),
        ],
        "aws acm-pca get-policy --resource-arn {resourceArn}  # then put-policy or delete-policy",
    ),
    lasting(
        ("imagebuilder", "PutImagePolicy"),
        "policy of an image",
        &["imageArn"],
        &[("PutImagePolicy", &["imageArn"])],
        "aws imagebuilder get-image-policy --image-arn {imageArn}  # then put-image-policy",
    ),
    lasting(
        ("imagebuilder", "PutComponentPolicy"),
        "policy of a component",
        &["componentArn"],
        &[("PutComponentPolicy", &["componentArn"])],
        "aws imagebuilder get-component-policy --component-arn {componentArn}  # then \
         put-component-policy",
    ),
    lasting(
        ("imagebuilder", "PutImageRecipePolicy"),
        "policy of a recipe",
        &["imageRecipeArn"],
        &[("PutImageRecipePolicy", &["imageRecipeArn"])],
        "aws imagebuilder get-image-recipe-policy --image-recipe-arn {imageRecipeArn}  # then \
         put-image-recipe-policy",
    ),
    lasting(
        ("imagebuilder", "PutContainerRecipePolicy"),
        "policy of a recipe",
        &["containerRecipeArn"],
        &[("PutContainerRecipePolicy", &["containerRecipeArn"])],
        "aws imagebuilder get-container-recipe-policy --container-recipe-arn {containerRecipeArn}  # then \
         put-container-recipe-policy",
    ),
];
