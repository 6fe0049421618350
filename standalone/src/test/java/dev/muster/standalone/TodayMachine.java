package dev.muster.standalone;

/// Where a daemon of 2026-08 works: what its processes have in common.
///
/// @param calls where its calls go
/// @param sockets where it opens its socket
/// @param id the daemon's, which it keeps in a file
/// @param seed of how long its agents work
record TodayMachine(Api calls, Api sockets, Load.Post post, String id, long seed) {}
