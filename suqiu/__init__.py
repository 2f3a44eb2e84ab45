"""Suqiu 诉求: a public-demand hotline that cannot be closed on paper."""
