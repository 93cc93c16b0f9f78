"""drawloom against its peers in one alternating run: `python -m benchmarks` (see README.md and RESULTS.md here).

Each peer has an interpreter of its own; in every round each one gets the same cases, one peer after the other, so that a
machine that slows down slows all. A figure is the median of the timings in a round, then the median over the rounds.
"""
