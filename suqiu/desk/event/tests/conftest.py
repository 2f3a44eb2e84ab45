"""The same Monday afternoon and the same officers as in all tests of the desk."""

from suqiu.desk.tests.conftest import clock, seated, stranger  # noqa: F401
