"""Which faults a retry may mend: the rules that every task of ours is given."""

from __future__ import annotations

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from ownvoice.errors import ModelUnavailableError, OwnvoiceError, StorageUnavailableError

# The first rule that fits wins; what fits none (a killed worker, a lost database) is retried as the task says.
RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=ModelUnavailableError, action=RetryAction.RETRY, reason="the model may answer later"),
        RetryRule(exception=StorageUnavailableError, action=RetryAction.RETRY, reason="the store may answer later"),
        RetryRule(exception=OwnvoiceError, action=RetryAction.FAIL, reason="no retry would mend it"),
    ]
)
