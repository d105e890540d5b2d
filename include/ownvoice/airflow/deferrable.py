"""A `@task` that may defer: when its trigger fires, its function is called again from the top."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.providers.standard.decorators.python import _PythonDecoratedOperator
from airflow.sdk.bases.decorator import task_decorator_factory


class DeferrableTask(_PythonDecoratedOperator):
    """The operator behind `@task`, which alone does not take the event that wakes it."""

    def execute(self, context: Any, event: Any = None) -> Any:
        """Call the function; the event says nothing that it would not find out for itself."""
        return super().execute(context)


def deferrable_task(function: Callable[..., Any], **kwargs: Any) -> Any:
    """Return `task(function, **kwargs)` of a function that may raise `TaskDeferred` with method `execute`."""
    return task_decorator_factory(function, decorated_operator_class=DeferrableTask, **kwargs)
