//! Tests of the thread, against pretend data centres.
