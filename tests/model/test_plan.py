"""The literal calls that a plan shows: lines that the AWS CLI takes as they stand."""

import shlex
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.changes.aws_cli import command_line
from lambdatop.model.changes.plan import PUBLISHED, Call

USED = {
    "lambda": [
        "UpdateFunctionConfiguration",
        "PutFunctionConcurrency",
        "DeleteFunctionConcurrency",
        "PutProvisionedConcurrencyConfig",
        "DeleteProvisionedConcurrencyConfig",
        "CreateAlias",
        "UpdateAlias",
        "DeleteAlias",
        "PublishVersion",
        "UpdateEventSourceMapping",
        "Invoke",
    ],
    "cloudwatch": ["PutMetricAlarm", "DeleteAlarms", "EnableAlarmActions", "DisableAlarmActions", "SetAlarmState"],
    "logs": ["PutRetentionPolicy", "DeleteRetentionPolicy"],
    "iam": ["AttachRolePolicy", "DetachRolePolicy"],
}


@pytest.mark.parametrize("service", USED)
def test_operations_and_options_are_named_as_the_cli_names_them(service: str) -> None:
    model = botocore.session.get_session().get_service_model(service)
    for name in USED[service]:
        shape: Any = model.operation_model(name).input_shape
        members = list(shape.members)

        words = command_line(Call(service, name, dict.fromkeys(members, 1)))
        words = words.removeprefix("VERSION=$(").removesuffix(" --query Version --output text)")

        wanted = [word for member in members for word in (f"--{xform_name(member, '-')}", "1")]
        assert shlex.split(words) == ["aws", service, xform_name(name, "-"), *wanted]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("plain", "--description plain"),
        ("", "--description ''"),
        ("it's; rm -rf ~", "--description 'it'\"'\"'s; rm -rf ~'"),
        ("-x", "--description=-x"),
        (1.5, "--description 1.5"),
        (True, "--description"),
        (False, "--no-description"),
        ([], "--description '[]'"),
        (["a", "b c"], "--description a 'b c'"),
        (["-a"], "--description '[\"-a\"]'"),
        ({"é": [1]}, "--description '{\"é\":[1]}'"),
    ],
)
def test_a_value_is_quoted_for_the_shell(value: Any, words: str) -> None:
    assert command_line(Call("lambda", "CreateAlias", {"Description": value})) == f"aws lambda create-alias {words}"


def test_text_that_the_cli_would_take_for_a_file_is_passed_as_json() -> None:
    command = command_line(Call("lambda", "CreateAlias", {"Name": "a", "Description": "file:///etc/passwd"}))

    assert command == ('aws lambda create-alias --cli-input-json \'{"Name":"a","Description":"file:///etc/passwd"}\'')


def test_a_published_version_is_kept_in_a_variable_for_the_lines_behind_it() -> None:
    publish = command_line(Call("lambda", "PublishVersion", {"FunctionName": "f"}))
    weights = {"FunctionVersion": PUBLISHED, "RoutingConfig": {"a": {PUBLISHED: 0.5}}}
    point = command_line(Call("lambda", "UpdateAlias", weights))

    assert publish == "VERSION=$(aws lambda publish-version --function-name f --query Version --output text)"
    assert point == (
        'aws lambda update-alias --function-version "$VERSION" --routing-config \'{"a":{"\'"$VERSION"\'":0.5}}\''
    )


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text and not text.startswith(("file:", "fileb:"))))
def test_any_text_comes_through_a_shell_unharmed(text: str) -> None:
    words = shlex.split(command_line(Call("iam", "AttachRolePolicy", {"PolicyArn": text})))

    assert words[3:] in (["--policy-arn", text], [f"--policy-arn={text}"])
