"""The formats that feedback is read from, one module each; `read.py` tells them apart."""
