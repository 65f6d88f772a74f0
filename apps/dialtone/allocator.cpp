// How jemalloc behaves where the program is linked with it: it reads this when it starts. After a burst memory goes
// back to the system within a second, by a thread of its own. A thread keeps up to 128 free pieces of each small size:
// 32 connections have more coroutines of one size under way than the usual 20.
#ifdef DIALTONE_JEMALLOC
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf =
    "narenas:4,background_thread:true,max_background_threads:1,dirty_decay_ms:1000,muzzy_decay_ms:0,"
    "tcache_nslots_small_min:128";
}
#endif
