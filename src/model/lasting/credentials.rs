//! Ways in: keys, passwords, certificates and MFA devices of users. A table, with nothing decided in it.

use super::{Lasting, lasting};

/// The kinds, and what takes each back.
///
/// Source: IAM API reference; AWS Security Incident Response Guide, containment; CloudTrail user guide, "AWS Management Console
/// sign-in events" (root's), and AWS Account Management reference guide, "Update the root user email".
pub(super) const CREDENTIALS: &[Lasting] = &[
    lasting(
        ("iam", "CreateUser"),
        "new user",
        &["userName"],
        &[("DeleteUser", &["userName"])],
        "aws iam attach-user-policy --user-name {userName} --policy-arn \
         arn:aws:iam::aws:policy/AWSDenyAll",
    ),
    lasting(
        ("iam", "CreateAccessKey"),
        "new access key",
        &["accessKeyId", "userName"],
        &[
            ("DeleteAccessKey", &["accessKeyId"]),
            ("UpdateAccessKey", &["accessKeyId", "status:Inactive"]),
            ("DeleteUser", &["userName"]),
        ],
        "aws iam update-access-key --user-name {userName} --access-key-id {accessKeyId} --status Inactive",
    ),
    lasting(
        ("iam", "UpdateAccessKey"),
        "access key made active again",
        &["accessKeyId", "userName"],
        &[
            ("UpdateAccessKey", &["accessKeyId", "status:Inactive"]),
            ("DeleteAccessKey", &["accessKeyId"]),
            ("DeleteUser", &["userName"]),
        ],
        "aws iam update-access-key --user-name {userName} --access-key-id {accessKeyId} --status Inactive",
    )
    .only("status:Active"),
    lasting(
        ("iam", "CreateLoginProfile"),
        "new password",
        &["userName"],
        &[("DeleteLoginProfile", &["userName"]), ("DeleteUser", &["userName"])],
        "aws iam delete-login-profile --user-name {userName}",
    ),
    lasting(
        ("iam", "UpdateLoginProfile"),
        "changed password",
        &["userName"],
        &[("DeleteLoginProfile", &["userName"]), ("DeleteUser", &["userName"])],
        "aws iam delete-login-profile --user-name {userName}",
    ),
    lasting(
        ("iam", "ChangePassword"),
        "changed password",
        &["userName"],
        &[("DeleteLoginProfile", &["userName"]), ("DeleteUser", &["userName"])],
        "aws iam delete-login-profile --user-name {userName}",
    ),
    lasting(
        ("iam", "UploadSSHPublicKey"),
        "SSH key of a user",
        &["sSHPublicKeyId", "userName"],
        &[
            ("DeleteSSHPublicKey", &["sSHPublicKeyId"]),
            ("UpdateSSHPublicKey", &["sSHPublicKeyId", "status:Inactive"]),
            ("DeleteUser", &["userName"]),
        ],
        "aws iam update-ssh-public-key --user-name {userName} --ssh-public-key-id {sSHPublicKeyId} \
         --status Inactive",
    ),
    lasting(
        ("iam", "UpdateSSHPublicKey"),
        "SSH key made active again",
        &["sSHPublicKeyId", "userName"],
        &[
            ("UpdateSSHPublicKey", &["sSHPublicKeyId", "status:Inactive"]),
            ("DeleteSSHPublicKey", &["sSHPublicKeyId"]),
            ("DeleteUser", &["userName"]),
        ],
        "aws iam update-ssh-public-key --user-name {userName} --ssh-public-key-id {sSHPublicKeyId} \
         --status Inactive",
    )
    .only("status:Active"),
    lasting(
        ("iam", "UploadSigningCertificate"),
        "signing certificate of a user",
        &["certificateId", "userName"],
        &[
            ("DeleteSigningCertificate", &["certificateId"]),
            ("UpdateSigningCertificate", &["certificateId", "status:Inactive"]),
            ("DeleteUser", &["userName"]),
        ],
        "aws iam update-signing-certificate --user-name {userName} --certificate-id {certificateId} \
         --status Inactive",
    ),
    lasting(
        ("iam", "UpdateSigningCertificate"),
        "signing certificate made active again",
        &["certificateId", "userName"],
        &[
            ("UpdateSigningCertificate", &["certificateId", "status:Inactive"]),
            ("DeleteSigningCertificate", &["certificateId"]),
            ("DeleteUser", &["userName"]),
        ],
        "aws iam update-signing-certificate --user-name {userName} --certificate-id {certificateId} \
         --status Inactive",
    )
    .only("status:Active"),
    lasting(
        ("iam", "CreateServiceSpecificCredential"),
        "new credential for a service",
        &["userName", "serviceSpecificCredentialId"],
        &[
            ("DeleteServiceSpecificCredential", &["serviceSpecificCredentialId"]),
            ("UpdateServiceSpecificCredential", &["serviceSpecificCredentialId", "status:Inactive"]),
            ("DeleteUser", &["userName"]),
        ],
        "aws iam update-service-specific-credential --user-name {userName} \
         --service-specific-credential-id {serviceSpecificCredentialId} --status Inactive",
    ),
    lasting(
        ("iam", "UpdateServiceSpecificCredential"),
        "credential for a service made active again",
        &["userName", "serviceSpecificCredentialId"],
        &[
            ("UpdateServiceSpecificCredential", &["serviceSpecificCredentialId", "status:Inactive"]),
            ("DeleteServiceSpecificCredential", &["serviceSpecificCredentialId"]),
            ("DeleteUser", &["userName"]),
        ],
        "aws iam update-service-specific-credential --user-name {userName} \
         --service-specific-credential-id {serviceSpecificCredentialId} --status Inactive",
    )
    .only("status:Active"),
    lasting(
        ("iam", "ResetServiceSpecificCredential"),
        "credential for a service with a new password",
        &["userName", "serviceSpecificCredentialId"],
        &[
            ("DeleteServiceSpecificCredential", &["serviceSpecificCredentialId"]),
            ("UpdateServiceSpecificCredential", &["serviceSpecificCredentialId", "status:Inactive"]),
            ("DeleteUser", &["userName"]),
        ],
        "aws iam update-service-specific-credential --user-name {userName} \
         --service-specific-credential-id {serviceSpecificCredentialId} --status Inactive",
    ),
    lasting(
        ("signin", "PasswordUpdated"),
        "changed password of root",
        &[],
        &[],
        "# as root, in the console: change the password; who cannot sign in any more asks AWS Support",
    )
    .of_root(),
    lasting(
        ("signin", "PasswordRecoveryCompleted"),
        "password of root set by e-mail",
        &[],
        &[],
        "# as root, in the console: change the password, and that of the mailbox; who cannot sign in any more asks AWS Support",
    )
    .of_root(),
    lasting(
        ("signin", "EmailUpdated"),
        "changed e-mail address of root",
        &[],
        &[],
        "# as root, in the console: change the e-mail address back; who cannot sign in any more asks AWS Support",
    )
    .of_root(),
    lasting(
        ("iam", "EnableMFADevice"),
        "MFA device of root",
        &["serialNumber"],
        &[("DeactivateMFADevice", &["serialNumber"])],
        "# as root, in the console: remove the MFA device if nobody knows it; who cannot sign in any more asks AWS Support",
    )
    .of_root(),
    lasting(
        ("iam", "DeactivateMFADevice"),
        "MFA device of root taken away",
        &["serialNumber"],
        &[("EnableMFADevice", &["serialNumber"])],
        "# as root, in the console: register an MFA device",
    )
    .of_root(),
    lasting(
        ("iam", "EnableMFADevice"),
        "MFA device of a user",
        &["userName", "serialNumber"],
        &[("DeactivateMFADevice", &["serialNumber"]), ("DeleteUser", &["userName"])],
        "aws iam list-mfa-devices --user-name {userName}  # then deactivate-mfa-device of what the user \
         does not know",
    ),
    lasting(
        ("iam", "DeactivateMFADevice"),
        "MFA device taken away",
        &["userName"],
        &[("EnableMFADevice", &["userName"]), ("DeleteUser", &["userName"])],
        "aws iam list-mfa-devices --user-name {userName}  # then enable-mfa-device with a device of the \
         user",
    ),
    lasting(
        ("iam", "UpdateUser"),
        "user that was renamed",
        &["userName", "newUserName"],
        &[("UpdateUser", &["userName=newUserName", "newUserName=userName"]), ("DeleteUser", &["userName=newUserName"])],
        "aws iam update-user --user-name {newUserName} --new-user-name {userName}",
    )
    .only("?newUserName"),
    lasting(
        ("iam", "DeleteAccountPasswordPolicy"),
        "password policy deleted",
        &[],
        &[("UpdateAccountPasswordPolicy", &[])],
        "aws iam get-account-password-policy  # the one before is not in this log; then \
         update-account-password-policy",
    ),
    lasting(
        ("iam", "UpdateAccountPasswordPolicy"),
        "changed password policy",
        &[],
        &[],
        "aws iam get-account-password-policy  # the one before is not in this log; then \
         update-account-password-policy",
    ),
];
