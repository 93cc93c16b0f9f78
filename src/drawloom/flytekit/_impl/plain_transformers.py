"""The transformers of plain types, which flytekit's module has by name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from typeengine import TypeEngine

IntTransformer: Any = TypeEngine.get_transformer(int)
FloatTransformer: Any = TypeEngine.get_transformer(float)
BoolTransformer: Any = TypeEngine.get_transformer(bool)
StrTransformer: Any = TypeEngine.get_transformer(str)
DatetimeTransformer: Any = TypeEngine.get_transformer(dt.datetime)
TimedeltaTransformer: Any = TypeEngine.get_transformer(dt.timedelta)
DateTransformer: Any = TypeEngine.get_transformer(dt.date)
NoneTransformer: Any = TypeEngine.get_transformer(type(None))
