"""A `@task` whose function may defer; when the trigger fires, the function is called again from its beginning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.providers.standard.decorators.python import _PythonDecoratedOperator
from airflow.sdk.bases.decorator import task_decorator_factory


class DeferrableTask(_PythonDecoratedOperator):
    """The operator behind `@task`, with an `execute` that accepts the event of a trigger."""

    def execute(self, context: Any, event: Any = None) -> Any:
        """Call the function. It gets no event: it finds out by itself how far its work is."""
        return super().execute(context)


def deferrable_task(function: Callable[..., Any], **kwargs: Any) -> Any:
    """Do what `task(function, **kwargs)` does, for a function that may raise `TaskDeferred` with method `execute`."""
    return task_decorator_factory(function, decorated_operator_class=DeferrableTask, **kwargs)
