"""Models and figures: those with a safe format of their own as a file of it, and the refusal of those that only pickle keeps.

Wire: `blob{XGBoostBooster or LightGBMBooster, SINGLE}`: UBJSON, and LightGBM's text. A scikit-learn estimator, the scikit-learn
faces of the other two, and a matplotlib figure have no format that brings them back; pickle, which runs code when it is read, is
opted into by `Annotated[T, Pickle]`.
"""

from __future__ import annotations

import importlib
from typing import Any, BinaryIO

from typeengine.codec import Codec
from typeengine.contrib.one_file import FileFormat, file_codec
from typeengine.errors import unsupported
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow


def _booster_of_xgboost(form: Form, resolver: CodecResolver) -> Codec:
    del resolver
    xgboost: Any = importlib.import_module("xgboost")

    def read(stream: BinaryIO) -> Any:
        made = xgboost.Booster()
        made.load_model(bytearray(stream.read()))
        return made

    kept = FileFormat(
        tag="XGBoost Booster",
        format="XGBoostBooster",
        name="model.ubj",
        expected="an xgboost Booster",
        classes=(xgboost.Booster,),
        write=lambda value, stream: stream.write(value.save_raw("ubj")),
        read=read,
    )
    return file_codec(form, kept)


def _booster_of_lightgbm(form: Form, resolver: CodecResolver) -> Codec:
    del resolver
    lightgbm: Any = importlib.import_module("lightgbm")
    kept = FileFormat(
        tag="LightGBM Booster",
        format="LightGBMBooster",
        name="model.txt",
        expected="a lightgbm Booster",
        classes=(lightgbm.Booster,),
        write=lambda value, stream: stream.write(value.model_to_string(num_iteration=-1).encode()),
        read=lambda stream: lightgbm.Booster(model_str=stream.read().decode()),
    )
    return file_codec(form, kept)


def _only_pickle(form: Form, resolver: CodecResolver) -> Codec:
    del resolver
    kind: Any = form.cls
    library = kind.__module__.partition(".")[0]
    ways = {
        "matplotlib": "save it (figure.savefig) and give a FlyteFile, if a picture will do",
        "xgboost": "give its Booster: model.get_booster()",
        "lightgbm": "give its Booster: model.booster_",
    }
    way = ways.get(library, "give its parameters and coefficients as arrays")
    raise unsupported(
        f"{library} has no safe file format that brings a {kind.__name__} back",
        kind,
        fix=f"opt in to pickle with Annotated[{kind.__name__}, Pickle] if you trust where it comes from; or {way}",
    )


def _named(module: str, name: str) -> CodecRow:
    make = _booster_of_xgboost if module == "xgboost" else _booster_of_lightgbm

    def matches(form: Form) -> bool:
        cls = form.cls
        return cls is not None and cls.__module__.partition(".")[0] == module and cls.__name__ == name

    return CodecRow(f"{module}.{name}", matches, make)


def _is_from_library(form: Form) -> bool:
    """Whether a class is a library's estimator or figure; a user's own dataclass beside one has another codec."""
    if form.cls is None or hasattr(form.cls, "__dataclass_fields__"):
        return False
    names = {f"{base.__module__.partition('.')[0]}.{base.__name__}" for base in form.cls.__mro__}
    return bool(
        names & {"sklearn.BaseEstimator", "matplotlib.FigureBase", "matplotlib.Artist", "xgboost.XGBModel"}
    ) or ("lightgbm.LGBMModel" in names)


ROWS: tuple[CodecRow, ...] = (
    _named("xgboost", "Booster"),
    _named("lightgbm", "Booster"),
    CodecRow("only by pickle", _is_from_library, _only_pickle),
)
