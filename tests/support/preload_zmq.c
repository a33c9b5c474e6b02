/* preload_zmq - LD_PRELOAD between a service and libzmq. Job: an option does
 * not take, or the thread that answers handshakes ends. By environment:
 *   MV_ZMQ_UNSET=N    setting option N does nothing, and says that it did
 *   MV_ZMQ_OTHER=N    option N is read as another value than it has
 *   MV_ZMQ_GONE=FILE  once FILE is there, no thread but the main one waits
 *                     for a socket: it ends */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zmq.h>

static int unset = -1, other = -1;
static const char *gone;
static int (*set)(void *, int, const void *, size_t);
static int (*get)(void *, int, void *, size_t *);
static int (*wait_for)(zmq_pollitem_t *, int, long);

static int number(const char *name)
{
    const char *text = getenv(name);
    return text == NULL ? -1 : (int)strtol(text, NULL, 10);
}

/* Before main, and so before any thread. */
__attribute__((constructor)) static void begin(void)
{
    unset = number("MV_ZMQ_UNSET");
    other = number("MV_ZMQ_OTHER");
    gone = getenv("MV_ZMQ_GONE");
    *(void **)&set = dlsym(RTLD_NEXT, "zmq_setsockopt");
    *(void **)&get = dlsym(RTLD_NEXT, "zmq_getsockopt");
    *(void **)&wait_for = dlsym(RTLD_NEXT, "zmq_poll");
}

int zmq_setsockopt(void *s, int option, const void *value, size_t len)
{
    return option == unset ? 0 : set(s, option, value, len);
}

int zmq_getsockopt(void *s, int option, void *value, size_t *len)
{
    int rc = get(s, option, value, len);
    if (rc == 0 && option == other)
        *(uint8_t *)value ^= 1;
    return rc;
}

int zmq_poll(zmq_pollitem_t *items, int count, long wait_ms)
{
    if (gone != NULL && syscall(SYS_gettid) != getpid() &&
        access(gone, F_OK) == 0)
        pthread_exit(NULL);
    return wait_for(items, count, wait_ms);
}
