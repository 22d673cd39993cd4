;; Direct calls: charged ahead of the call, a checked charge after it; arguments stand where the callee's window begins.
(module
  (func $fib (export "fib") (param i32) (result i32)
    local.get 0
    i32.const 2
    i32.lt_u
    if
      local.get 0
      return
    end
    local.get 0
    i32.const 1
    i32.sub
    call $fib
    local.get 0
    i32.const 2
    i32.sub
    call $fib
    i32.add)
  (func $swap (param i32 i64) (result i64 i32)
    local.get 1
    local.get 0)
  (func (export "use_swap") (result i64)
    i32.const 7
    i64.const 9
    call $swap
    drop))
;; == lockstep-1
;; function 0: params 1, locals 0, results 1, window 4, cost 8
;;   0: charge 15 checked
;;   1: br_if i32.ge_u s0, 2 -> 5
;;   3: charge 4
;;   4: return s0
;;   5: charge 14
;;   6: i32.sub s1, s0, 1
;;   7: call base s1, function 0
;;   8: charge 14 checked
;;   9: i32.sub s2, s0, 2
;;   10: call base s2, function 0
;;   11: charge 3 checked
;;   12: i32.add s1, s1, s2
;;   13: return s1
;; function 1: params 2, locals 0, results 2, window 4, cost 8
;;   0: charge 11 checked
;;   1: copy s3, s0
;;   2: copy s2, s1
;;   3: return_range s2 * 2
;; function 2: params 0, locals 0, results 1, window 2, cost 6
;;   0: charge 20 checked
;;   1: const_u32 s1, 9
;;   2: const_u32 s0, 7
;;   3: call base s0, function 1
;;   4: charge 2 checked
;;   5: return s0
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 1, window 4, cost 8
;;   0: charge 1955 checked
;;   1: br_if i32.ge_u s0, 2 -> 5
;;   3: charge 1725
;;   4: return s0
;;   5: i32.sub s1, s0, 1
;;   6: charge 1955
;;   7: call base s1, function 0
;;   8: i32.sub s2, s0, 2
;;   9: charge 1955 checked
;;   10: call base s2, function 0
;;   11: i32.add s1, s1, s2
;;   12: charge 1725 checked
;;   13: return s1
;; function 1: params 2, locals 0, results 2, window 4, cost 8
;;   0: charge 1840 checked
;;   1: copy s3, s0
;;   2: copy s2, s1
;;   3: return_range s2 * 2
;; function 2: params 0, locals 0, results 1, window 2, cost 6
;;   0: const_u32 s1, 9
;;   1: const_u32 s0, 7
;;   2: charge 1840 checked
;;   3: call base s0, function 1
;;   4: charge 1725 checked
;;   5: return s0
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 15 checked                         | 0015  sub r13, 0xf  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: br_if i32.ge_u s0, 2 -> 5                 | 0020  mov qword ptr [rbp - 0x80], rax
;;                                              | 0024  cmp eax, 2
;;                                              | 0027  jae 0037
;; 3: charge 4                                  | 002d  sub r13, 4  ; gas
;; 4: return s0                                 | 0031  add dword ptr [r15 + 8], 8
;;                                              | 0036  ret
;; 5: charge 14                                 | 0037  sub r13, 0xe  ; gas
;; 6: i32.sub s1, s0, 1                         | 003b  mov rax, qword ptr [rbp - 0x80]
;;                                              | 003f  mov edx, eax
;;                                              | 0041  sub edx, 1
;; 7: call base s1, function 0                  | 0044  mov rax, rdx
;;                                              | 0047  add rbp, 8
;;                                              | 004b  call 0000
;;                                              | 0050  add rbp, -8
;; 8: charge 14 checked                         | 0054  sub r13, 0xe  ; gas
;;                                              | 0058  jns 005f
;;                                              | 005a  call refill
;; 9: i32.sub s2, s0, 2                         | 005f  mov rdx, qword ptr [rbp - 0x80]
;;                                              | 0063  mov ebx, edx
;;                                              | 0065  sub ebx, 2
;; 10: call base s2, function 0                 | 0068  mov qword ptr [rbp - 0x78], rax
;;                                              | 006c  mov rax, rbx
;;                                              | 006f  add rbp, 0x10
;;                                              | 0073  call 0000
;;                                              | 0078  add rbp, -0x10
;; 11: charge 3 checked                         | 007c  sub r13, 3  ; gas
;;                                              | 0080  jns 0087
;;                                              | 0082  call refill
;; 12: i32.add s1, s1, s2                       | 0087  mov rdx, qword ptr [rbp - 0x78]
;;                                              | 008b  add edx, eax
;; 13: return s1                                | 008d  mov rax, rdx
;;                                              | 0090  add dword ptr [r15 + 8], 8
;;                                              | 0095  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 11 checked                         | 0015  sub r13, 0xb  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: copy s3, s0                               | 0020  mov rbx, rax
;; 2: copy s2, s1                               | 0023  mov rsi, rdx
;; 3: return_range s2 * 2                       | 0026  mov qword ptr [rbp - 0x70], rsi
;;                                              | 002a  mov qword ptr [rbp - 0x68], rbx
;;                                              | 002e  mov rcx, qword ptr [rbp - 0x70]
;;                                              | 0032  mov qword ptr [rbp - 0x80], rcx
;;                                              | 0036  mov rcx, qword ptr [rbp - 0x68]
;;                                              | 003a  mov qword ptr [rbp - 0x78], rcx
;;                                              | 003e  mov rax, qword ptr [rbp - 0x80]
;;                                              | 0042  add dword ptr [r15 + 8], 8
;;                                              | 0047  ret
;; function 2
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 6
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 20 checked                         | 0015  sub r13, 0x14  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s1, 9                           | 0020  mov eax, 9
;; 2: const_u32 s0, 7                           | 0025  mov edx, 7
;; 3: call base s0, function 1                  | 002a  xchg rdx, rax
;;                                              | 002d  call function 1
;; 4: charge 2 checked                          | 0032  sub r13, 2  ; gas
;;                                              | 0036  jns 003d
;;                                              | 0038  call refill
;; 5: return s0                                 | 003d  add dword ptr [r15 + 8], 6
;;                                              | 0042  ret
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 15 checked                         | 0015  sub r13, 0xf  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: br_if i32.ge_u s0, 2 -> 5                 | 0020  mov qword ptr [rbp - 0x80], rax
;;                                              | 0024  cmp eax, 2
;;                                              | 0027  jae 0037
;; 3: charge 4                                  | 002d  sub r13, 4  ; gas
;; 4: return s0                                 | 0031  add dword ptr [r15 + 8], 8
;;                                              | 0036  ret
;; 5: charge 14                                 | 0037  sub r13, 0xe  ; gas
;; 6: i32.sub s1, s0, 1                         | 003b  mov rax, qword ptr [rbp - 0x80]
;;                                              | 003f  mov edx, eax
;;                                              | 0041  sub edx, 1
;; 7: call base s1, function 0                  | 0044  mov rax, rdx
;;                                              | 0047  add rbp, 8
;;                                              | 004b  call 0000
;;                                              | 0050  add rbp, -8
;; 8: charge 14 checked                         | 0054  sub r13, 0xe  ; gas
;;                                              | 0058  jns 005f
;;                                              | 005a  call refill
;; 9: i32.sub s2, s0, 2                         | 005f  mov rdx, qword ptr [rbp - 0x80]
;;                                              | 0063  mov esi, edx
;;                                              | 0065  sub esi, 2
;; 10: call base s2, function 0                 | 0068  mov qword ptr [rbp - 0x78], rax
;;                                              | 006c  mov rax, rsi
;;                                              | 006f  add rbp, 0x10
;;                                              | 0073  call 0000
;;                                              | 0078  add rbp, -0x10
;; 11: charge 3 checked                         | 007c  sub r13, 3  ; gas
;;                                              | 0080  jns 0087
;;                                              | 0082  call refill
;; 12: i32.add s1, s1, s2                       | 0087  mov rdx, qword ptr [rbp - 0x78]
;;                                              | 008b  add edx, eax
;; 13: return s1                                | 008d  mov rax, rdx
;;                                              | 0090  add dword ptr [r15 + 8], 8
;;                                              | 0095  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 11 checked                         | 0015  sub r13, 0xb  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: copy s3, s0                               | 0020  mov rsi, rax
;; 2: copy s2, s1                               | 0023  mov rdi, rdx
;; 3: return_range s2 * 2                       | 0026  mov qword ptr [rbp - 0x70], rdi
;;                                              | 002a  mov qword ptr [rbp - 0x68], rsi
;;                                              | 002e  mov rcx, qword ptr [rbp - 0x70]
;;                                              | 0032  mov qword ptr [rbp - 0x80], rcx
;;                                              | 0036  mov rcx, qword ptr [rbp - 0x68]
;;                                              | 003a  mov qword ptr [rbp - 0x78], rcx
;;                                              | 003e  mov rax, qword ptr [rbp - 0x80]
;;                                              | 0042  add dword ptr [r15 + 8], 8
;;                                              | 0047  ret
;; function 2
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 6
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 20 checked                         | 0015  sub r13, 0x14  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s1, 9                           | 0020  mov eax, 9
;; 2: const_u32 s0, 7                           | 0025  mov edx, 7
;; 3: call base s0, function 1                  | 002a  xchg rdx, rax
;;                                              | 002d  call function 1
;; 4: charge 2 checked                          | 0032  sub r13, 2  ; gas
;;                                              | 0036  jns 003d
;;                                              | 0038  call refill
;; 5: return s0                                 | 003d  add dword ptr [r15 + 8], 6
;;                                              | 0042  ret
;; == a64
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #8
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 15 checked                         | 0020  subs x21, x21, #0xf  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: br_if i32.ge_u s0, 2 -> 5                 | 002c  str x0, [x22]
;;                                              | 0030  cmp w0, #2
;;                                              | 0034  b.hs 0050
;; 3: charge 4                                  | 0038  subs x21, x21, #4  ; gas
;; 4: return s0                                 | 003c  ldr w17, [x19, #8]
;;                                              | 0040  add w17, w17, #8
;;                                              | 0044  str w17, [x19, #8]
;;                                              | 0048  ldr x30, [x23], #8
;;                                              | 004c  ret
;; 5: charge 14                                 | 0050  subs x21, x21, #0xe  ; gas
;; 6: i32.sub s1, s0, 1                         | 0054  ldr x0, [x22]
;;                                              | 0058  sub w1, w0, #1
;; 7: call base s1, function 0                  | 005c  mov x0, x1
;;                                              | 0060  add x22, x22, #8
;;                                              | 0064  bl 0000
;;                                              | 0068  sub x22, x22, #8
;; 8: charge 14 checked                         | 006c  subs x21, x21, #0xe  ; gas
;;                                              | 0070  b.pl 0078
;;                                              | 0074  bl refill
;; 9: i32.sub s2, s0, 2                         | 0078  ldr x1, [x22]
;;                                              | 007c  sub w2, w1, #2
;; 10: call base s2, function 0                 | 0080  str x0, [x22, #8]
;;                                              | 0084  mov x0, x2
;;                                              | 0088  add x22, x22, #0x10
;;                                              | 008c  bl 0000
;;                                              | 0090  sub x22, x22, #0x10
;; 11: charge 3 checked                         | 0094  subs x21, x21, #3  ; gas
;;                                              | 0098  b.pl 00a0
;;                                              | 009c  bl refill
;; 12: i32.add s1, s1, s2                       | 00a0  ldr x1, [x22, #8]
;;                                              | 00a4  add w1, w1, w0
;; 13: return s1                                | 00a8  mov x0, x1
;;                                              | 00ac  ldr w17, [x19, #8]
;;                                              | 00b0  add w17, w17, #8
;;                                              | 00b4  str w17, [x19, #8]
;;                                              | 00b8  ldr x30, [x23], #8
;;                                              | 00bc  ret
;; function 1
;; (entry)
;; function 2
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #6
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 20 checked                         | 0020  subs x21, x21, #0x14  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: const_u32 s1, 9                           | 002c  movz w0, #0x9
;; 2: const_u32 s0, 7                           | 0030  movz w1, #0x7
;; 3: call base s0, function 1                  | 0034  mov x17, x0
;;                                              | 0038  mov x0, x1
;;                                              | 003c  mov x1, x17
;;                                              | 0040  bl function 1
;; 4: charge 2 checked                          | 0044  subs x21, x21, #2  ; gas
;;                                              | 0048  b.pl 0050
;;                                              | 004c  bl refill
;; 5: return s0                                 | 0050  ldr w17, [x19, #8]
;;                                              | 0054  add w17, w17, #6
;;                                              | 0058  str w17, [x19, #8]
;;                                              | 005c  ldr x30, [x23], #8
;;                                              | 0060  ret
