"""电话座席: the operator's desk; the rest of the desk lies beside it."""
