"""What ``help`` and ``dir`` show of a class: what it offers, and not what Python and base classes add to it."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Iterable, Mapping
from inspect import Parameter, Signature, signature
from types import FunctionType
from typing import Any

OWN = "optimizer"


class Public(type):
    """Metaclass of public classes.

    ``dir`` of the class and of its instances lists public names of this package only, and so does ``help``. In the
    signature types stand without quotes, and a field that is made anew for each instance as ``...``.

    >>> class Plan(metaclass=Public):
    ...     def cost(self): ...
    >>> Plan.__module__ = "optimizer.somewhere"
    >>> dir(Plan), dir(Plan())
    (['cost'], ['cost'])
    """

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Public:
        """The class, with a ``dir`` of its own and methods whose signatures are easily read."""
        namespace.setdefault("__dir__", _names)
        for own, value in namespace.items():
            function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
            if isinstance(function, FunctionType) and not own.startswith("_"):
                readable(function)
        return super().__new__(mcs, name, bases, namespace, **options)

    def __dir__(cls) -> list[str]:
        """Public names of the class and of its base classes in this package, but for fields: the signature has them."""
        own = (base for base in cls.__mro__ if base.__module__.split(".")[0] == OWN)
        fields = getattr(cls, "__dataclass_fields__", {})
        return sorted(_public(name for base in own for name in vars(base) if name not in fields))

    @property
    def __signature__(cls) -> Signature:
        """How the class is called. ValueError for one that is not for calling, whose parts are private."""
        found = signature(cls.__init__)  # type: ignore[misc]
        parameters = list(found.parameters.values())[1:]
        if any(one.name.startswith("_") for one in parameters):
            raise ValueError(f"{cls.__name__} is not made by calling it")
        return found.replace(parameters=[_clean(one) for one in parameters], return_annotation=Signature.empty)


class PublicMapping(Public, ABCMeta):
    """The same for classes that are mappings."""


class Bare(str):
    """Text that stands without quotes in a signature."""

    def __repr__(self) -> str:
        """The text itself."""
        return str(self)


def readable(function: Any, names: Mapping[str, str] | None = None) -> Any:
    """The same function, whose types stand without quotes in its signature, some by other ``names``.

    >>> def cost(plan: Plan) -> float: ...
    >>> str(signature(readable(cost)))
    '(plan: Plan) -> float'
    """
    found = signature(function)
    clean = [_clean(one, names) for one in found.parameters.values()]
    function.__signature__ = found.replace(parameters=clean, return_annotation=_bare(found.return_annotation, names))
    return function


def _clean(parameter: Parameter, names: Mapping[str, str] | None = None) -> Parameter:
    parameter = parameter.replace(annotation=_bare(parameter.annotation, names))
    return parameter.replace(default=Bare("...")) if _made_anew(parameter.default) else parameter


def _bare(annotation: Any, names: Mapping[str, str] | None) -> Any:
    return Bare((names or {}).get(annotation, annotation)) if isinstance(annotation, str) else annotation


def _names(self: object) -> list[str]:
    return sorted(_public({*dir(type(self)), *vars(self)}))


def _public(names: Iterable[str]) -> set[str]:
    return {name for name in names if not name.startswith("_")}


def _made_anew(default: object) -> bool:
    """Whether a default stands for a field of a dataclass with a factory."""
    return type(default).__name__ == "_HAS_DEFAULT_FACTORY_CLASS"
