;; Tail calls reuse the window: arguments move to its start. Nothing is charged behind them.
(module
  (type $step (func (param i64 i64) (result i64)))
  (table 1 funcref)
  (elem (i32.const 0) func $sum)
  (func $sum (export "sum") (type $step)
    local.get 0
    i64.eqz
    if
      local.get 1
      return
    end
    local.get 0
    i64.const 1
    i64.sub
    local.get 0
    local.get 1
    i64.add
    return_call $sum)
  (func (export "indirect") (type $step)
    local.get 0
    local.get 1
    i32.const 0
    return_call_indirect (type $step)))
;; == lockstep-1
;; function 0: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 14 checked
;;   1: br_if i64.ne s0, 0 -> 5
;;   3: charge 4
;;   4: return s1
;;   5: charge 18
;;   6: i64.sub s2, s0, 1
;;   7: i64.add s3, s0, s1
;;   8: return_call base s2, function 0
;; function 1: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 27 checked
;;   1: const_u32 s4, 0
;;   2: copy s3, s1
;;   3: copy s2, s0
;;   4: return_call_indirect base s2, index s4, type 0, table 0
;; == cosmwasm-3.0.8
;; function 0: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 1840 checked
;;   1: br_if i64.ne s0, 0 -> 5
;;   3: charge 1725
;;   4: return s1
;;   5: i64.sub s2, s0, 1
;;   6: i64.add s3, s0, s1
;;   7: charge 2300
;;   8: return_call base s2, function 0
;; function 1: params 2, locals 0, results 1, window 5, cost 9
;;   0: const_u32 s4, 0
;;   1: copy s3, s1
;;   2: copy s2, s0
;;   3: charge 1955 checked
;;   4: return_call_indirect base s2, index s4, type 0, table 0
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 9
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov rbx, rax
;; 0: charge 14 checked                         | 0018  sub r13, 0xe  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: br_if i64.ne s0, 0 -> 5                   | 0023  mov qword ptr [rbp - 0x78], rdx
;;                                              | 0027  test rbx, rbx
;;                                              | 002a  jne 003d
;; 3: charge 4                                  | 0030  sub r13, 4  ; gas
;; 4: return s1                                 | 0034  mov rax, rdx
;;                                              | 0037  add dword ptr [r15 + 8], 9
;;                                              | 003c  ret
;; 5: charge 18                                 | 003d  sub r13, 0x12  ; gas
;; 6: i64.sub s2, s0, 1                         | 0041  mov rax, rbx
;;                                              | 0044  sub rax, 1
;; 7: i64.add s3, s0, s1                        | 0048  mov rdx, qword ptr [rbp - 0x78]
;;                                              | 004c  lea rsi, [rbx + rdx]
;; 8: return_call base s2, function 0           | 0050  mov qword ptr [rbp - 0x80], rbx
;;                                              | 0054  mov rdx, rsi
;;                                              | 0057  add dword ptr [r15 + 8], 9
;;                                              | 005c  jmp 0000
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 9
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 27 checked                         | 0015  sub r13, 0x1b  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s4, 0                           | 0020  xor ebx, ebx
;; 2: copy s3, s1                               | 0022  mov rsi, rdx
;; 3: copy s2, s0                               | 0025  mov rdi, rax
;; 4: return_call_indirect base s2, index s4, type 0, table 0
;;                                              | 0028  mov rcx, qword ptr [r15 + 0x48]
;;                                              | 002c  mov rcx, qword ptr [rcx]
;;                                              | 0030  mov r8, qword ptr [rcx + 0x18]
;;                                              | 0034  mov rcx, qword ptr [rcx + 0x10]
;;                                              | 0038  sub r8, rcx
;;                                              | 003b  shr r8, 3
;;                                              | 003f  cmp rbx, r8
;;                                              | 0042  jae 00a1
;;                                              | 0048  mov rcx, qword ptr [rcx + rbx*8]
;;                                              | 004c  test rcx, rcx
;;                                              | 004f  je 00a6
;;                                              | 0055  mov r8, qword ptr [r15 + 0x50]
;;                                              | 0059  mov r8d, dword ptr [r8]
;;                                              | 005d  cmp r8d, dword ptr [rcx + 0x18]
;;                                              | 0061  jne 00ab
;;                                              | 0067  mov qword ptr [rbp - 0x80], rax
;;                                              | 006b  mov qword ptr [rbp - 0x78], rdx
;;                                              | 006f  mov rax, rdi
;;                                              | 0072  mov rdx, rsi
;;                                              | 0075  cmp qword ptr [rcx], 0
;;                                              | 007a  je 00b0
;;                                              | 0080  add dword ptr [r15 + 8], 9
;;                                              | 0085  mov r8, qword ptr [r15 + 0x18]
;;                                              | 0089  cmp r8, qword ptr [rcx + 0x10]
;;                                              | 008d  jne 0096
;;                                              | 0093  jmp qword ptr [rcx + 0x20]
;;                                              | 0096  jmp foreign_tail
;;                                              | 009b  add dword ptr [r15 + 8], 9
;;                                              | 00a0  ret
;; (of 4)                                       | 00a1  call trap undefined_element
;; (of 4)                                       | 00a6  call trap uninitialized_element
;; (of 4)                                       | 00ab  call trap indirect_call_type_mismatch
;; (of 4)                                       | 00b0  call foreign
;;                                              | 00b5  jmp 009b
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 9
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov r12, rax
;; 0: charge 14 checked                         | 0018  sub r13, 0xe  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: br_if i64.ne s0, 0 -> 5                   | 0023  mov qword ptr [rbp - 0x78], rdx
;;                                              | 0027  test r12, r12
;;                                              | 002a  jne 003d
;; 3: charge 4                                  | 0030  sub r13, 4  ; gas
;; 4: return s1                                 | 0034  mov rax, rdx
;;                                              | 0037  add dword ptr [r15 + 8], 9
;;                                              | 003c  ret
;; 5: charge 18                                 | 003d  sub r13, 0x12  ; gas
;; 6: i64.sub s2, s0, 1                         | 0041  mov rax, r12
;;                                              | 0044  sub rax, 1
;; 7: i64.add s3, s0, s1                        | 0048  mov rdx, qword ptr [rbp - 0x78]
;;                                              | 004c  lea rsi, [r12 + rdx]
;; 8: return_call base s2, function 0           | 0050  mov qword ptr [rbp - 0x80], r12
;;                                              | 0054  mov rdx, rsi
;;                                              | 0057  add dword ptr [r15 + 8], 9
;;                                              | 005c  jmp 0000
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 9
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 27 checked                         | 0015  sub r13, 0x1b  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s4, 0                           | 0020  xor esi, esi
;; 2: copy s3, s1                               | 0022  mov rdi, rdx
;; 3: copy s2, s0                               | 0025  mov r8, rax
;; 4: return_call_indirect base s2, index s4, type 0, table 0
;;                                              | 0028  mov rcx, qword ptr [r15 + 0x48]
;;                                              | 002c  mov rcx, qword ptr [rcx]
;;                                              | 0030  mov r9, qword ptr [rcx + 0x18]
;;                                              | 0034  mov rcx, qword ptr [rcx + 0x10]
;;                                              | 0038  sub r9, rcx
;;                                              | 003b  shr r9, 3
;;                                              | 003f  cmp rsi, r9
;;                                              | 0042  jae 00a1
;;                                              | 0048  mov rcx, qword ptr [rcx + rsi*8]
;;                                              | 004c  test rcx, rcx
;;                                              | 004f  je 00a6
;;                                              | 0055  mov r9, qword ptr [r15 + 0x50]
;;                                              | 0059  mov r9d, dword ptr [r9]
;;                                              | 005d  cmp r9d, dword ptr [rcx + 0x18]
;;                                              | 0061  jne 00ab
;;                                              | 0067  mov qword ptr [rbp - 0x80], rax
;;                                              | 006b  mov qword ptr [rbp - 0x78], rdx
;;                                              | 006f  mov rax, r8
;;                                              | 0072  mov rdx, rdi
;;                                              | 0075  cmp qword ptr [rcx], 0
;;                                              | 007a  je 00b0
;;                                              | 0080  add dword ptr [r15 + 8], 9
;;                                              | 0085  mov r8, qword ptr [r15 + 0x18]
;;                                              | 0089  cmp r8, qword ptr [rcx + 0x10]
;;                                              | 008d  jne 0096
;;                                              | 0093  jmp qword ptr [rcx + 0x20]
;;                                              | 0096  jmp foreign_tail
;;                                              | 009b  add dword ptr [r15 + 8], 9
;;                                              | 00a0  ret
;; (of 4)                                       | 00a1  call trap undefined_element
;; (of 4)                                       | 00a6  call trap uninitialized_element
;; (of 4)                                       | 00ab  call trap indirect_call_type_mismatch
;; (of 4)                                       | 00b0  call foreign
;;                                              | 00b5  jmp 009b
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
;;                                              | 0020  mov x15, x0
;; 0: charge 14 checked                         | 0024  subs x21, x21, #0xe  ; gas
;;                                              | 0028  b.pl 0030
;;                                              | 002c  bl refill
;; 1: br_if i64.ne s0, 0 -> 5                   | 0030  str x1, [x22, #8]
;;                                              | 0034  cmp x15, #0
;;                                              | 0038  b.ne 0058
;; 3: charge 4                                  | 003c  subs x21, x21, #4  ; gas
;; 4: return s1                                 | 0040  mov x0, x1
;;                                              | 0044  ldr w17, [x19, #8]
;;                                              | 0048  add w17, w17, #9
;;                                              | 004c  str w17, [x19, #8]
;;                                              | 0050  ldr x30, [x23], #8
;;                                              | 0054  ret
;; 5: charge 18                                 | 0058  subs x21, x21, #0x12  ; gas
;; 6: i64.sub s2, s0, 1                         | 005c  sub x0, x15, #1
;; 7: i64.add s3, s0, s1                        | 0060  ldr x1, [x22, #8]
;;                                              | 0064  add x2, x15, x1
;; 8: return_call base s2, function 0           | 0068  str x15, [x22]
;;                                              | 006c  mov x1, x2
;;                                              | 0070  ldr w17, [x19, #8]
;;                                              | 0074  add w17, w17, #9
;;                                              | 0078  str w17, [x19, #8]
;;                                              | 007c  ldr x30, [x23], #8
;;                                              | 0080  b 0000
;; function 1
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #9
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 27 checked                         | 0020  subs x21, x21, #0x1b  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: const_u32 s4, 0                           | 002c  movz w2, #0
;; 2: copy s3, s1                               | 0030  mov x3, x1
;; 3: copy s2, s0                               | 0034  mov x4, x0
;; 4: return_call_indirect base s2, index s4, type 0, table 0
;;                                              | 0038  ldr x16, [x19, #0x48]
;;                                              | 003c  ldr x16, [x16]
;;                                              | 0040  ldr x5, [x16, #0x18]
;;                                              | 0044  ldr x16, [x16, #0x10]
;;                                              | 0048  sub x5, x5, x16
;;                                              | 004c  lsr x5, x5, #3
;;                                              | 0050  cmp x2, x5
;;                                              | 0054  b.hs 00d4
;;                                              | 0058  ldr x16, [x16, x2, lsl #3]
;;                                              | 005c  cmp x16, #0
;;                                              | 0060  b.eq 00d8
;;                                              | 0064  ldr x5, [x19, #0x50]
;;                                              | 0068  ldr w5, [x5]
;;                                              | 006c  ldr w17, [x16, #0x18]
;;                                              | 0070  cmp w5, w17
;;                                              | 0074  b.ne 00dc
;;                                              | 0078  str x0, [x22]
;;                                              | 007c  str x1, [x22, #8]
;;                                              | 0080  mov x0, x4
;;                                              | 0084  mov x1, x3
;;                                              | 0088  ldr x17, [x16]
;;                                              | 008c  cmp x17, #0
;;                                              | 0090  b.eq 00e0
;;                                              | 0094  ldr w17, [x19, #8]
;;                                              | 0098  add w17, w17, #9
;;                                              | 009c  str w17, [x19, #8]
;;                                              | 00a0  ldr x30, [x23], #8
;;                                              | 00a4  ldr x8, [x19, #0x18]
;;                                              | 00a8  ldr x17, [x16, #0x10]
;;                                              | 00ac  cmp x8, x17
;;                                              | 00b0  b.ne 00bc
;;                                              | 00b4  ldr x17, [x16, #0x20]
;;                                              | 00b8  br x17
;;                                              | 00bc  b foreign_tail
;;                                              | 00c0  ldr w17, [x19, #8]
;;                                              | 00c4  add w17, w17, #9
;;                                              | 00c8  str w17, [x19, #8]
;;                                              | 00cc  ldr x30, [x23], #8
;;                                              | 00d0  ret
;; (of 4)                                       | 00d4  bl trap undefined_element
;; (of 4)                                       | 00d8  bl trap uninitialized_element
;; (of 4)                                       | 00dc  bl trap indirect_call_type_mismatch
;; (of 4)                                       | 00e0  bl foreign
;;                                              | 00e4  b 00c0
