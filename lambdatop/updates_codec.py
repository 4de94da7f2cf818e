"""Updates as bytes: what one process reports, another folds into its State. Their form is MessagePack.

The updates name what they describe without importing it, so that the first frame need not wait for it; here all of it
is imported, and the names are resolved once. Bytes may come from anywhere: they are checked against the types, and
whatever is not an update is `Undecodable`.
"""

import re
from datetime import datetime
from typing import Any, Final, Union, get_args, get_type_hints

import msgspec

from lambdatop.actions.journal.records import SETTINGS
from lambdatop.model.alarms.alarm import Alarm, Topics
from lambdatop.model.alarms.definition import Watched
from lambdatop.model.alarms.history import AlarmHistory
from lambdatop.model.changes.effect import Effect
from lambdatop.model.changes.marks import Change
from lambdatop.model.changes.plan import Progress, Receipt, Setting
from lambdatop.model.fleet.fleet import AccountMetrics
from lambdatop.model.focus import Focus, QueryAgreed, Sought
from lambdatop.model.function import Function
from lambdatop.model.insights.insights import Insights
from lambdatop.model.invocations.by_hand import Invoked
from lambdatop.model.invocations.cold_starts import ColdStarts
from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.report import ReportSample
from lambdatop.model.logs.tail_status import TailStatus
from lambdatop.model.metrics import Charts, FunctionMetrics, Series, Window
from lambdatop.model.traces.downstream import Downstream
from lambdatop.model.traces.segments import Trace
from lambdatop.model.traces.summary import TraceSummary
from lambdatop.model.traces.why_no_traces import Destination
from lambdatop.updates import Update

_DESCRIBED: Final[tuple[type[Any], ...]] = (
    AccountMetrics,
    Alarm,
    AlarmHistory,
    Change,
    Charts,
    ColdStarts,
    Destination,
    Downstream,
    Effect,
    Focus,
    Function,
    FunctionMetrics,
    Insights,
    Invoked,
    LogLine,
    Progress,
    QueryAgreed,
    Receipt,
    ReportSample,
    Series,
    Sought,
    TailStatus,
    Topics,
    Trace,
    TraceSummary,
    Watched,
    Window,
    datetime,
)
"""What updates, and a Focus, name without importing it."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_LEAST, _MOST = -(2**63), 2**64 - 1
"""MessagePack's whole numbers."""


class Undecodable(ValueError):
    """Bytes that are not an update, or one of another version."""


def encode(update: Update) -> bytes:
    """Return the update as bytes; lone surrogates, as AWS may send them, become U+FFFD, and numbers keep to 64 bits."""
    try:
        return _ENCODER.encode(update)
    except (
        UnicodeEncodeError,
        OverflowError,
    ):  # lone surrogates, numbers beyond 64 bits: rare, so only then looked for
        return _ENCODER.encode(_encodable(msgspec.to_builtins(update, builtin_types=(datetime,))))


def decode(data: bytes) -> Update:
    """Return the update that `encode` made these bytes of. Raises Undecodable for any others."""
    try:
        update: Update = _DECODER.decode(data)
    except (ValueError, RecursionError) as error:  # msgspec's own errors are ValueErrors
        raise Undecodable(str(error)) from error
    return update


def _encodable(value: Any) -> Any:
    match value:
        case dict():
            return {_encodable(key): _encodable(each) for key, each in value.items()}
        case list() | tuple():
            return [_encodable(each) for each in value]
        case str():
            return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
        case int() if not isinstance(value, bool):
            return min(max(value, _LEAST), _MOST)
        case _:
            return value


def _resolve() -> None:
    """Give the classes whose annotations name what they do not import the types themselves, where msgspec looks."""
    names = {each.__name__: each for each in _DESCRIBED}
    for each in (*get_args(Update), Focus, Sought, QueryAgreed):
        each.__annotations__ = get_type_hints(each, localns=names)


def _setting(kind: type, value: Any) -> Any:
    """The setting of a step, which to the model is a Protocol."""
    if kind is not Setting:
        raise TypeError(f"no update holds a {kind.__name__}")
    return msgspec.convert(value, _SETTING)


def _no_extension(code: int, _: memoryview) -> Any:
    raise ValueError(f"no update holds MessagePack's extension {code}")


_resolve()
_SETTING: Final[Any] = Union[SETTINGS]  # noqa: UP007  # of a tuple that only exists at run time
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final[msgspec.msgpack.Decoder[Any]] = msgspec.msgpack.Decoder(
    Update,
    dec_hook=_setting,
    ext_hook=_no_extension,
)
