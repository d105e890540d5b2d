"""The stores that the life of a dataset is tested on."""

from __future__ import annotations

import pytest

on_any_store = pytest.mark.parametrize("lake", ["folder", "s3_access", "radosgw_access"], indirect=True)
