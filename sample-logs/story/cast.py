"""Who is who, from where they call, and when the story plays. No records are made here."""

import datetime as dt

from .identities import Role, User
from .ids import at

MAIN, DATA, SANDBOX = "111122223333", "444455556666", "123456789012"

ALICE = User(MAIN, "Alice", "AKIAIOSFODNN7EXAMPLE", "AIDACKCEVSQ6C2EXAMPLE")  # administrator
BOB = User(MAIN, "bob", "AKIABOBLAPTOPEXAMPLE")  # developer, travels
MARY = User(MAIN, "Mary_Major", "AKIAMARYMAJ22EXAMPLE")  # gives partners upload access
TMP = User(MAIN, "tmp", "AKIATMPUSER22EXAMPLE")  # of a migration long done; its key was switched off
VENDOR = User(MAIN, "vendor-audit", "AKIAVENDOR222EXAMPLE")  # of last year's auditors; nobody calls with it
CI = User(MAIN, "ci-deploy", "AKIAI44QH8DHBEXAMPLE")  # a build system's user: its key sits on every build machine
NIKKI = User(DATA, "Nikki_Wolf", "AKIANIKKIOLD2EXAMPLE")  # data engineer, rotates her key
NIKKI_NEW_KEY = "AKIANIKKINEW2EXAMPLE"
REPORTING = User(DATA, "reporting", "AKIAREPORTINGEXAMPLE")  # a server's user: its key leaks
BACKUP = User(DATA, "backup-agent", "AKIABACKUP222EXAMPLE")  # calls through a VPC endpoint
RICHARD = User(SANDBOX, "Richard_Roe")  # weak password, no MFA
SAANVI = User(SANDBOX, "Saanvi_Sarkar", "AKIASAANVI222EXAMPLE")
MATEO = User(SANDBOX, "Mateo_Jackson", "AKIANEWHIRE22EXAMPLE")  # joins during the story
SCANNER = User(SANDBOX, "old-scanner", "AKIAOLDSCAN22EXAMPLE")  # forgotten; has no permission left
SUPPORT = User(SANDBOX, "support-temp", "AKIASUPTEMP22EXAMPLE")  # made by the intruder
ROOT_KEY = "AKIAROOTKEY22EXAMPLE"

DATABRICKS = Role(MAIN, "databricks-prod-worker-role")
WEB_SERVER = Role(MAIN, "web-server-role", "/service/")
OPS, BREAK_GLASS, DEPLOY = Role(MAIN, "ops-role"), Role(MAIN, "break-glass-role"), Role(MAIN, "deploy-role")
ADFS = Role(MAIN, "ADFS-ReadOnly")
SSO_ADMIN = Role(MAIN, "AWSReservedSSO_AdministratorAccess_0a1b2c3d4e5f6a7b", "/aws-reserved/sso.amazonaws.com/")
CONFIG = Role(MAIN, "AWSServiceRoleForConfig", "/aws-service-role/config.amazonaws.com/")
REPORT_LAMBDA, GITHUB = Role(DATA, "nightly-report-role", "/service-role/"), Role(DATA, "github-deploy")
DATA_READER = Role(DATA, "data-reader")
ORDERS = Role(SANDBOX, "orders-api")

OFFICE, OFFICE_2, OFFICE_V6 = "192.0.2.10", "192.0.2.11", "2001:db8:0:10::10"
HOME, HOTEL, TRAIN, CAFE = "198.51.100.40", "203.0.113.140", "203.0.113.201", "2001:db8:cafe:7::b0b"
BUILD_MACHINES = [
    "192.0.2.131",
    "192.0.2.132",
    "198.51.100.131",
    "198.51.100.132",
    "203.0.113.31",
    "2001:db8:31:1::5",
    "2001:db8:31:2::6",
]
REPORT_SERVER, DATABRICKS_NAT, WEB_NAT, EKS_NAT = "198.51.100.20", "198.51.100.77", "198.51.100.88", "203.0.113.8"
PORTAL_SERVER = "198.51.100.240"  # from where IAM Identity Center itself asks for role sessions
THIEF, SPRAYER = "203.0.113.66", "203.0.113.77"  # stolen credentials; passwords

CLI = (
    "aws-cli/2.17.44 md/awscrt#0.21.2 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.11.9 "
    "md/pyimpl#CPython cfg/retry-mode#standard"
)
BOTO = (
    "Boto3/1.34.162 md/Botocore#1.34.162 ua/2.0 os/linux#5.10.223 md/arch#x86_64 lang/python#3.11.9 "
    "cfg/retry-mode#legacy Botocore/1.34.162"
)
JAVA = (
    "aws-sdk-java/1.12.770 Linux/5.15.0-1066-aws OpenJDK_64-Bit_Server_VM/17.0.12+7 java/17.0.12 "
    "vendor/Eclipse_Adoptium cfg/retry-mode/legacy"
)
GO = "aws-sdk-go-v2/1.30.4 os/linux lang/go#1.22.6 md/GOOS#linux md/GOARCH#amd64 api/s3#1.58.3"
TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.63.0 "
    "aws-sdk-go-v2/1.30.3 os/linux"
)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
S3_CONSOLE = (
    "[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.750 Linux/5.10.223 "
    "OpenJDK_64-Bit_Server_VM/25.422-b05 java/1.8.0_422]"
)

DAYS = [at("08-25 00:00") + dt.timedelta(days=n) for n in range(20)]  # a Tuesday, and the days to 13 September
WEEKDAYS = [day for day in DAYS if day.weekday() < 5]
