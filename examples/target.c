/* A small translation unit behind nestfuzz's line protocol (docs/targets.md), in C: stage-1 tables in memory, stage 2 fixed,
 * and an IOTLB that translations fill and invalidations empty at once. Held against the architecture `tiny`, geometry 2x4.
 *
 *   cc -Wall -Wextra -o target examples/target.c
 *   nestfuzz fuzz --target ./target             finds nothing
 *   nestfuzz fuzz --target "./target --bug"     an invalidation for any process leaves process 1 alone
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VMS = 2, GUEST = 16, ENTRIES = 4, CONTEXTS = 3, TAGS = 4, LINES = 256, READ = 1, WRITE = 2 };

struct entry { char kind[8]; int target, permission; };
struct context { int present, vm, domain, process, root; };
struct line { int used, domain, process, page, host, permission; };

static struct entry memory[VMS][GUEST][ENTRIES];
static struct context contexts[CONTEXTS];
static struct line iotlb[LINES];
static int has_bug;
static void put(int vm, int page, int index, const char *kind, int target, int permission)
{
    memory[vm][page][index] = (struct entry){"", target, permission};
    snprintf(memory[vm][page][index].kind, sizeof memory[vm][page][index].kind, "%s", kind);
}

static void reset(const char *attached)
{
    memset(memory, 0, sizeof memory);
    memset(contexts, 0, sizeof contexts);
    memset(iotlb, 0, sizeof iotlb);
    for (int vm = 0; vm < VMS; vm++) {
        if (strstr(attached, "c0") || strstr(attached, "c2")) {
            put(vm, 2, 0, "table", 4, READ | WRITE);
            put(vm, 4, 0, "leaf", 8, READ | WRITE);
            put(vm, 4, 1, "leaf", 9, READ | WRITE);
        }
        if (strstr(attached, "c1")) {
            put(vm, 3, 0, "table", 5, READ | WRITE);
            put(vm, 5, 0, "leaf", 10, READ | WRITE);
        }
    }
    if (strstr(attached, "c0")) contexts[0] = (struct context){1, 0, 0, 0, 2};
    if (strstr(attached, "c1")) contexts[1] = (struct context){1, 0, 0, 1, 3};
    if (strstr(attached, "c2")) contexts[2] = (struct context){1, 1, 1, 0, 2};
}

/* The leaf for `page`, or NULL for a fault; `permission` is that of both entries. */
static const struct entry *walk(const struct context *at, int page, int *permission)
{
    const struct entry *upper = &memory[at->vm][at->root][page / ENTRIES];
    if (strcmp(upper->kind, "table") != 0 || upper->target >= GUEST) return NULL;
    const struct entry *leaf = &memory[at->vm][upper->target][page % ENTRIES];
    if (strcmp(leaf->kind, "leaf") != 0 || leaf->target >= GUEST) return NULL;
    *permission = upper->permission & leaf->permission;
    return leaf;
}

/* The host page, or -1 for a fault. Stage 2 maps guest page N of VM v to host page 16v + N. */
static int translate(char access, int context, int page)
{
    const struct context *at = &contexts[context];
    struct line *hit = NULL, *room = NULL;
    if (!at->present) return -1;
    for (int i = 0; i < LINES; i++) {
        if (!iotlb[i].used) room = &iotlb[i];
        else if (iotlb[i].domain == at->domain && iotlb[i].process == at->process && iotlb[i].page == page)
            hit = &iotlb[i];
    }
    if (!hit) {
        int permission;
        const struct entry *leaf = walk(at, page, &permission);
        if (!leaf) return -1;
        hit = room ? room : &iotlb[0];
        *hit = (struct line){1, at->domain, at->process, page, at->vm * GUEST + leaf->target, permission};
    }
    return hit->permission & (access == 'r' ? READ : WRITE) ? hit->host : -1;
}

/* The number behind `before` in `text`, or `otherwise`. */
static int number(const char *text, const char *before, int otherwise)
{
    const char *at = strstr(text, before);
    return at ? atoi(at + strlen(before)) : otherwise;
}

/* `inv iotlb d0 p0 [i0+4] leaf`: what is not given is any; all others but `iotlb` are about caches that are not here. */
static void invalidate(const char *text)
{
    const char *kind = strstr(text, "inv ") + 4;
    text = strchr(kind, ' ') ? strchr(kind, ' ') : "";
    int domain = strstr(text, " d-") ? -2 : number(text, " d", -1), process = number(text, " p", -1);
    int mask = strstr(text, "base=") ? number(strstr(text, "base="), " mask=", 0) : 0;
    int first = number(text, "[i", number(text, " i", number(text, "base=i", -1))), pages = number(text, "+", 1);
    if (first >= 0 && mask > 0) pages = 1 << mask, first = first / pages * pages;
    for (int i = 0; i < LINES; i++) {
        const struct line *held = &iotlb[i];
        if (strncmp(kind, "s2", 2) == 0) iotlb[i].used = 0; /* more than is asked for is never wrong */
        if (strncmp(kind, "iotlb", 5) != 0 || (domain != -1 && held->domain != domain)) continue;
        if (process >= 0 ? held->process != process : has_bug && held->process == 1) continue;
        if (first < 0 || (held->page >= first && held->page < first + pages)) iotlb[i].used = 0;
    }
}

static int permission_of(const char *text)
{
    return *text == '\0' ? READ | WRITE : (strchr(text, 'r') ? READ : 0) | (strchr(text, 'w') ? WRITE : 0);
}

/* One command; what cannot be done is a no-op. */
static void act(const char *text)
{
    int vm = 0, page, index, context, domain, process, root, at, target = 0;
    char kind[8] = "", permission[8] = "";
    if (sscanf(text, "w g%d[%d]=%n", &page, &index, &at) == 2 || sscanf(text, "w d%d g%d[%d]=%n", &vm, &page, &index, &at) == 3) {
        sscanf(text + at, "%7s g%d %7s", kind, &target, permission);
        if (vm < VMS && page < GUEST && index < ENTRIES) put(vm, page, index, kind, target, permission_of(permission));
    } else if (sscanf(text, "ctx c%d=(v%d,d%d,p%d,g%d)", &context, &vm, &domain, &process, &root) == 5 ||
               (sscanf(text, "ctx c%d=(d%d,p%d,g%d)", &context, &domain, &process, &root) == 4 && (vm = domain, 1))) {
        if (vm < VMS && domain < TAGS && process < TAGS && root < GUEST)
            contexts[context] = (struct context){1, vm, domain, process, root};
    } else if (sscanf(text, "ctx c%d=", &context) == 1) {
        contexts[context].present = 0;
    } else if (strstr(text, "inv ")) invalidate(text);
}

int main(int argc, char **argv)
{
    char text[1024], verb[16], access;
    int id, at, context, page;
    has_bug = argc > 1 && strcmp(argv[1], "--bug") == 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(text, sizeof text, stdin) && sscanf(text, "%d %15s %n", &id, verb, &at) == 2) {
        text[strcspn(text, "\n")] = '\0';
        if (strcmp(verb, "reset") == 0) reset(text + at);
        if (strcmp(verb, "do") == 0) act(text + at);
        if (strcmp(verb, "hello") == 0)
            printf("%d hello nestfuzz-target/1 name=example-c version=1 architecture=tiny "
                   "without=stage2,superpages,context-fields,global geometry=2x4\n", id);
        else if (sscanf(text + at, "%c c%d i%d", &access, &context, &page) == 3 && strcmp(verb, "translate") == 0) {
            int host = translate(access, context, page);
            host < 0 ? printf("%d fault\n", id) : printf("%d h%d\n", id, host);
        } else printf("%d ok\n", id);
        if (strcmp(verb, "bye") == 0) break;
    }
    return 0;
}
