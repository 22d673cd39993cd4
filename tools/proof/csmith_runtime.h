// SPDX-License-Identifier: Apache-2.0
// All that a csmith program needs of a C library on wasm32, included ahead of it; the headers it
// names are empty files. Its checksum is what entry() returns: the last number that is printed.
#include <stdarg.h>
#include <stddef.h>

#define assert(condition) ((void)0)
#define fabs __builtin_fabs
#define fabsf __builtin_fabsf
#define ldexp __builtin_ldexp
#define ldexpf __builtin_ldexpf

void* memcpy(void* to, const void* from, size_t size) {
    for (size_t i = 0; i < size; ++i)
        ((char*)to)[i] = ((const char*)from)[i];
    return to;
}
void* memmove(void* to, const void* from, size_t size) {
    if ((char*)to <= (const char*)from) return memcpy(to, from, size);
    while (size-- > 0)
        ((char*)to)[size] = ((const char*)from)[size];
    return to;
}
void* memset(void* to, int byte, size_t size) {
    for (size_t i = 0; i < size; ++i)
        ((char*)to)[i] = (char)byte;
    return to;
}
int strcmp(const char* a, const char* b) {
    for (; *a != 0 && *a == *b; ++a)
        ++b;
    return *(const unsigned char*)a - *(const unsigned char*)b;
}

static unsigned printed;
int printf(const char* format, ...) {
    va_list values;
    va_start(values, format);
    while (*format != 0 && *format != '%')
        ++format;
    if (*format != 0) printed = va_arg(values, unsigned);
    va_end(values);
    return 0;
}

int main(int count, char** arguments);
__attribute__((export_name("entry"))) unsigned entry(void) {
    printed = 0xdeadbeef;
    main(1, (char*[]){(char*)"program", NULL});
    return printed;
}
