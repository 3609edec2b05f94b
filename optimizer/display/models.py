"""How settings and terms show themselves: models of sections, whose fields carry their own words."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from optimizer.display.html import table
from optimizer.display.public import Bare

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    # Pydantic does not export the metaclass of its models.
    ModelMetaclass = type(BaseModel)


class PublicModel(ModelMetaclass):
    """Metaclass that keeps the many names of Pydantic's base class out of ``help`` and ``dir``."""

    def __dir__(cls) -> list[str]:  # noqa: N805
        """Names of the fields, and of what the class adds to them."""
        inherited = dir(BaseModel)
        return [name for name in super().__dir__() if not name.startswith("_") and name not in inherited]


def values_table(model: BaseModel) -> str:
    """Every value of all sections as HTML: its path, the value, what it means."""
    rows = [(path, _text(value), words) for path, value, words in _values(model)]
    return table(("setting", "value", "meaning"), rows, most=len(rows))


def describe(model: type[BaseModel]) -> None:
    """Give a model of sections a signature that is easily read, and write the manual of its fields into its words."""
    lines = (f"    {line}" for line in _manual(model))
    model.__doc__ = "\n".join([str(model.__doc__).rstrip(), "", *lines])
    model.__signature__ = Signature(
        [
            Parameter(
                name,
                Parameter.KEYWORD_ONLY,
                annotation=Bare(getattr(field.annotation, "__name__", "Any")),
                default=Parameter.empty if field.is_required() else Bare("..."),
            )
            for name, field in model.model_fields.items()
        ]
    )


def _values(section: BaseModel, place: str = "") -> Iterator[tuple[str, Any, str]]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _values(value, f"{place}{name}.")
        else:
            yield f"{place}{name}", value, field.description or ""


def _manual(section: type[BaseModel], place: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _manual(kind, f"{place}{name}.")
        elif field.description:
            default = "has to be given" if field.is_required() else _text(field.default)
            yield f"- ``{place}{name}`` ({default}): {field.description}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None or value in ("", {}) else str(value)
