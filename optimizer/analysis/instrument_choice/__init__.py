"""The same supply bought with every instrument: who pays, what it deters, what stays bankable."""
