"""How much data is enough: what trainings on parts that double measured, and what twice the data would bring."""
