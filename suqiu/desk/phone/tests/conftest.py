"""The phone desk's tests sit at the same desk, on the same Monday afternoon."""

from suqiu.desk.tests.conftest import NOW, Seated, clock, said, seated, stranger

__all__ = ["NOW", "Seated", "clock", "said", "seated", "stranger"]
