// How jemalloc behaves where the program is linked with it: it reads this when it starts. After a burst memory goes
// back to the system within a second, by a thread of its own.
#ifdef DIALTONE_JEMALLOC
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf =
    "narenas:4,background_thread:true,max_background_threads:1,dirty_decay_ms:1000,muzzy_decay_ms:0";
}
#endif
