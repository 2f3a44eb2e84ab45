"""How do tests that really commit leave the house as they found it? The next one, in whatever order, stands on the city as it was built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import ground


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits; afterwards what was empty is empty again, and what stood stands as it did."""
    with django_db_blocker.unblock():
        yield
        ground.lay_again()
