"""A type of one's own, taught to drawloom in one statement.

`Money` is neither a dataclass nor anything else that drawloom knows. `register_via` says which known type it travels as, and how
to go there and back; from then on it is a type like any other: alone, in lists and dicts, as a field of a dataclass.
"""

from dataclasses import dataclass
from decimal import Decimal

from drawloom import TypeEngine, task, workflow


class Money:
    """An exact amount in one currency."""

    def __init__(self, amount: Decimal, currency: str) -> None:
        self.amount = amount
        self.currency = currency

    @classmethod
    def parse(cls, text: str) -> "Money":
        """Read `12.50 EUR`."""
        amount, currency = text.split()
        return cls(Decimal(amount), currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


TypeEngine.register_via(Money, str, encode=str, decode=Money.parse)


@dataclass
class Line:
    """One line of an invoice."""

    item: str
    price: Money
    count: int


@task
def cost(line: Line) -> Money:
    """Price times count."""
    return Money(line.price.amount * line.count, line.price.currency)


@task
def total(parts: list[Money]) -> Money:
    """The sum; all parts must be in one currency."""
    currencies = {part.currency for part in parts}
    if len(currencies) != 1:
        raise ValueError(f"cannot add amounts in {sorted(currencies)}")
    return Money(sum((part.amount for part in parts), Decimal(0)), currencies.pop())


@workflow
def invoice(first: Line, second: Line) -> Money:
    """What an invoice of two lines comes to."""
    return total(parts=[cost(line=first), cost(line=second)])


if __name__ == "__main__":
    pen = Line("pen", Money.parse("1.20 EUR"), 10)
    ink = Line("ink", Money.parse("4.95 EUR"), 2)
    print(invoice(first=pen, second=ink))
