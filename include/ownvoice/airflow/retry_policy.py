"""Which errors Airflow retries: those that `ownvoice.errors` marks as retryable, and those that it does not know."""

from __future__ import annotations

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from ownvoice.errors import RETRYABLE, OwnvoiceError

# The first rule that matches decides. An error that matches none (a killed worker, a lost database) is retried.
RETRY_POLICY = ExceptionRetryPolicy(
    rules=[
        *(
            RetryRule(exception=error, action=RetryAction.RETRY, reason="the same call may succeed later")
            for error in RETRYABLE
        ),
        RetryRule(exception=OwnvoiceError, action=RetryAction.FAIL, reason="no retry can mend it"),
    ]
)
