;; select of locals and constants, of references, and below other operands.
(module
  (func (export "numbers") (param i32 i64) (result i64)
    local.get 1
    i64.const 8
    local.get 0
    select)
  (func (export "references") (param externref i32) (result externref)
    ref.null extern
    local.get 0
    local.get 1
    select (result externref))
  (func (export "nested") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    local.get 0
    local.get 1
    i32.lt_s
    select
    i32.const 3
    local.get 1
    i32.eqz
    select))
;; == lockstep-1
;; function 0: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 15 checked
;;   1: const_u32 s3, 8
;;   2: select s2, s1, s3 if s0
;;   4: return s2
;; function 1: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 15 checked
;;   1: const_u32 s2, 0
;;   2: select s2, s2, s0 if s1
;;   4: return s2
;; function 2: params 2, locals 0, results 1, window 6, cost 10
;;   0: charge 25 checked
;;   1: i32.lt_s s4, s0, s1
;;   2: select s2, s0, s1 if s4
;;   4: i32.eqz s4, s1
;;   5: const_u32 s3, 3
;;   6: select s2, s2, s3 if s4
;;   8: return s2
;; == cosmwasm-3.0.8
;; function 0: params 2, locals 0, results 1, window 5, cost 9
;;   0: const_u32 s3, 8
;;   1: select s2, s1, s3 if s0
;;   3: charge 2070 checked
;;   4: return s2
;; function 1: params 2, locals 0, results 1, window 5, cost 9
;;   0: const_u32 s2, 0
;;   1: select s2, s2, s0 if s1
;;   3: charge 2070 checked
;;   4: return s2
;; function 2: params 2, locals 0, results 1, window 6, cost 10
;;   0: i32.lt_s s4, s0, s1
;;   1: select s2, s0, s1 if s4
;;   3: i32.eqz s4, s1
;;   4: const_u32 s3, 3
;;   5: select s2, s2, s3 if s4
;;   7: charge 2760 checked
;;   8: return s2
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 9
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 15 checked                         | 0015  sub r13, 0xf  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s3, 8                           | 0020  mov ebx, 8
;; 2: select s2, s1, s3 if s0                   | 0025  test eax, eax
;;                                              | 0027  mov rsi, rbx
;;                                              | 002a  cmovne rsi, rdx
;; 4: return s2                                 | 002e  mov rax, rsi
;;                                              | 0031  add dword ptr [r15 + 8], 9
;;                                              | 0036  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 9
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 15 checked                         | 0015  sub r13, 0xf  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s2, 0                           | 0020  xor ebx, ebx
;; 2: select s2, s2, s0 if s1                   | 0022  test edx, edx
;;                                              | 0024  cmove rbx, rax
;; 4: return s2                                 | 0028  mov rax, rbx
;;                                              | 002b  add dword ptr [r15 + 8], 9
;;                                              | 0030  ret
;; function 2
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 0xa
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov rbx, rdx
;; 0: charge 25 checked                         | 0018  sub r13, 0x19  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: i32.lt_s s4, s0, s1                       | 0023  cmp eax, ebx
;;                                              | 0025  setl dl
;;                                              | 0028  movzx edx, dl
;; 2: select s2, s0, s1 if s4                   | 002b  test edx, edx
;;                                              | 002d  mov rsi, rbx
;;                                              | 0030  cmovne rsi, rax
;; 4: i32.eqz s4, s1                            | 0034  test ebx, ebx
;;                                              | 0036  sete dl
;;                                              | 0039  movzx edx, dl
;; 5: const_u32 s3, 3                           | 003c  mov edi, 3
;; 6: select s2, s2, s3 if s4                   | 0041  test edx, edx
;;                                              | 0043  cmove rsi, rdi
;; 8: return s2                                 | 0047  mov rax, rsi
;;                                              | 004a  add dword ptr [r15 + 8], 0xa
;;                                              | 004f  ret
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 9
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 15 checked                         | 0015  sub r13, 0xf  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s3, 8                           | 0020  mov esi, 8
;; 2: select s2, s1, s3 if s0                   | 0025  test eax, eax
;;                                              | 0027  mov rdi, rsi
;;                                              | 002a  cmovne rdi, rdx
;; 4: return s2                                 | 002e  mov rax, rdi
;;                                              | 0031  add dword ptr [r15 + 8], 9
;;                                              | 0036  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 9
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 15 checked                         | 0015  sub r13, 0xf  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s2, 0                           | 0020  xor esi, esi
;; 2: select s2, s2, s0 if s1                   | 0022  test edx, edx
;;                                              | 0024  cmove rsi, rax
;; 4: return s2                                 | 0028  mov rax, rsi
;;                                              | 002b  add dword ptr [r15 + 8], 9
;;                                              | 0030  ret
;; function 2
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 0xa
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov r12, rdx
;; 0: charge 25 checked                         | 0018  sub r13, 0x19  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: i32.lt_s s4, s0, s1                       | 0023  cmp eax, r12d
;;                                              | 0026  setl dl
;;                                              | 0029  movzx edx, dl
;; 2: select s2, s0, s1 if s4                   | 002c  test edx, edx
;;                                              | 002e  mov rsi, r12
;;                                              | 0031  cmovne rsi, rax
;; 4: i32.eqz s4, s1                            | 0035  test r12d, r12d
;;                                              | 0038  sete dl
;;                                              | 003b  movzx edx, dl
;; 5: const_u32 s3, 3                           | 003e  mov edi, 3
;; 6: select s2, s2, s3 if s4                   | 0043  test edx, edx
;;                                              | 0045  cmove rsi, rdi
;; 8: return s2                                 | 0049  mov rax, rsi
;;                                              | 004c  add dword ptr [r15 + 8], 0xa
;;                                              | 0051  ret
;; == a64
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #9
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 15 checked                         | 0020  subs x21, x21, #0xf  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: const_u32 s3, 8                           | 002c  movz w2, #0x8
;; 2: select s2, s1, s3 if s0                   | 0030  cmp w0, #0
;;                                              | 0034  csel x3, x1, x2, ne
;; 4: return s2                                 | 0038  mov x0, x3
;;                                              | 003c  ldr w17, [x19, #8]
;;                                              | 0040  add w17, w17, #9
;;                                              | 0044  str w17, [x19, #8]
;;                                              | 0048  ldr x30, [x23], #8
;;                                              | 004c  ret
;; function 1
;; (entry)
;; function 2
;; (entry)
