"""Which faults a retry may mend: the rules that every task of ours is given, read off the errors themselves."""

from __future__ import annotations

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from ownvoice.errors import RETRYABLE, OwnvoiceError

# The first rule that fits wins; what fits none (a killed worker, a lost database) is retried as the task says.
RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        *(
            RetryRule(exception=error, action=RetryAction.RETRY, reason="it may go through later")
            for error in RETRYABLE
        ),
        RetryRule(exception=OwnvoiceError, action=RetryAction.FAIL, reason="no retry would mend it"),
    ]
)
