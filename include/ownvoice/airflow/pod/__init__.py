"""The trainer as a pod of Kubernetes: its specification, the task that starts it, and what is made of each of its ends.

Imported only where a cluster is configured, because importing the operator takes a DAG file seconds.
"""
