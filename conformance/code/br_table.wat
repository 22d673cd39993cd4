;; br_table with a result: targets at different heights get a stub that moves it, once a target.
(module
  (func (export "run") (param i32) (result i32)
    block $outer (result i32)
      i32.const 1
      block $inner (result i32)
        i32.const 10
        local.get 0
        br_table $inner $outer $inner $outer
      end
      i32.add
    end)
  (func (export "loop") (param i32)
    loop $again
      block $out
        local.get 0
        i32.const 1
        i32.sub
        local.tee 0
        br_table $out $again
      end
    end))
;; == lockstep-1
;; function 0: params 1, locals 0, results 1, window 4, cost 8
;;   0: charge 16 checked
;;   1: const_u32 s2, 10
;;   2: br_table s0 -> 8, 6, 8, 6
;;   6: copy s1, s2
;;   7: jump -> 10
;;   8: charge 3
;;   9: i32.add s1, s2, 1
;;   10: charge 1
;;   11: return s1
;; function 1: params 1, locals 0, results 0, window 3, cost 7
;;   0: charge 9 checked
;;   1: charge 9 checked
;;   2: i32.sub s0, s0, 1
;;   3: br_table s0 -> 6, 1
;;   6: charge 2
;;   7: return
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 1, window 4, cost 8
;;   0: const_u32 s2, 10
;;   1: charge 2185 checked
;;   2: br_table s0 -> 8, 6, 8, 6
;;   6: copy s1, s2
;;   7: jump -> 10
;;   8: i32.add s1, s2, 1
;;   9: charge 1725
;;   10: charge 1610
;;   11: return s1
;; function 1: params 1, locals 0, results 0, window 3, cost 7
;;   0: charge 1610 checked
;;   1: i32.sub s0, s0, 1
;;   2: charge 2185 checked
;;   3: br_table s0 -> 6, 1
;;   6: charge 1610
;;   7: charge 1610
;;   8: return
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 16 checked                         | 0015  sub r13, 0x10  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s2, 10                          | 0020  mov r12d, 0xa
;; 2: br_table s0 -> 8, 6, 8, 6                 | 0026  mov qword ptr [rbp - 0x80], rax
;;                                              | 002a  mov rbx, qword ptr [rbp - 0x78]
;;                                              | 002e  mov edx, 3
;;                                              | 0033  cmp eax, edx
;;                                              | 0035  cmovb edx, eax
;;                                              | 0038  lea rcx, [rip + 9]
;;                                              | 003f  movsxd rdx, dword ptr [rcx + rdx*4]
;;                                              | 0043  add rcx, rdx
;;                                              | 0046  jmp rcx
;;                                              | 0048  -> 0060
;;                                              | 004c  -> 0058
;;                                              | 0050  -> 0060
;;                                              | 0054  -> 0058
;; 6: copy s1, s2                               | 0058  mov rbx, r12
;; 7: jump -> 10                                | 005b  jmp 0069
;; 8: charge 3                                  | 0060  sub r13, 3  ; gas
;; 9: i32.add s1, s2, 1                         | 0064  lea ebx, [r12 + 1]
;; 10: charge 1                                 | 0069  sub r13, 1  ; gas
;; 11: return s1                                | 006d  mov rax, rbx
;;                                              | 0070  add dword ptr [r15 + 8], 8
;;                                              | 0075  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov rbx, rax
;; 0: charge 9 checked                          | 0018  sub r13, 9  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: charge 9 checked                          | 0023  sub r13, 9  ; gas
;;                                              | 0027  js 005c
;; 2: i32.sub s0, s0, 1                         | 002d  sub ebx, 1
;; 3: br_table s0 -> 6, 1                       | 0030  mov eax, 1
;;                                              | 0035  cmp ebx, eax
;;                                              | 0037  cmovb eax, ebx
;;                                              | 003a  lea rcx, [rip + 9]
;;                                              | 0041  movsxd rax, dword ptr [rcx + rax*4]
;;                                              | 0045  add rcx, rax
;;                                              | 0048  jmp rcx
;;                                              | 004a  -> 0052
;;                                              | 004e  -> 0023
;; 6: charge 2                                  | 0052  sub r13, 2  ; gas
;; 7: return                                    | 0056  add dword ptr [r15 + 8], 7
;;                                              | 005b  ret
;; (of 1)                                       | 005c  call refill
;;                                              | 0061  jmp 002d
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 16 checked                         | 0015  sub r13, 0x10  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s2, 10                          | 0020  mov r11d, 0xa
;; 2: br_table s0 -> 8, 6, 8, 6                 | 0026  mov qword ptr [rbp - 0x80], rax
;;                                              | 002a  mov r12, qword ptr [rbp - 0x78]
;;                                              | 002e  mov edx, 3
;;                                              | 0033  cmp eax, edx
;;                                              | 0035  cmovb edx, eax
;;                                              | 0038  lea rcx, [rip + 9]
;;                                              | 003f  movsxd rdx, dword ptr [rcx + rdx*4]
;;                                              | 0043  add rcx, rdx
;;                                              | 0046  jmp rcx
;;                                              | 0048  -> 0060
;;                                              | 004c  -> 0058
;;                                              | 0050  -> 0060
;;                                              | 0054  -> 0058
;; 6: copy s1, s2                               | 0058  mov r12, r11
;; 7: jump -> 10                                | 005b  jmp 0068
;; 8: charge 3                                  | 0060  sub r13, 3  ; gas
;; 9: i32.add s1, s2, 1                         | 0064  lea r12d, [r11 + 1]
;; 10: charge 1                                 | 0068  sub r13, 1  ; gas
;; 11: return s1                                | 006c  mov rax, r12
;;                                              | 006f  add dword ptr [r15 + 8], 8
;;                                              | 0074  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov r12, rax
;; 0: charge 9 checked                          | 0018  sub r13, 9  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: charge 9 checked                          | 0023  sub r13, 9  ; gas
;;                                              | 0027  js 005f
;; 2: i32.sub s0, s0, 1                         | 002d  sub r12d, 1
;; 3: br_table s0 -> 6, 1                       | 0031  mov eax, 1
;;                                              | 0036  cmp r12d, eax
;;                                              | 0039  cmovb eax, r12d
;;                                              | 003d  lea rcx, [rip + 9]
;;                                              | 0044  movsxd rax, dword ptr [rcx + rax*4]
;;                                              | 0048  add rcx, rax
;;                                              | 004b  jmp rcx
;;                                              | 004d  -> 0055
;;                                              | 0051  -> 0023
;; 6: charge 2                                  | 0055  sub r13, 2  ; gas
;; 7: return                                    | 0059  add dword ptr [r15 + 8], 7
;;                                              | 005e  ret
;; (of 1)                                       | 005f  call refill
;;                                              | 0064  jmp 002d
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
;; 0: charge 16 checked                         | 0020  subs x21, x21, #0x10  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: const_u32 s2, 10                          | 002c  movz w14, #0xa
;; 2: br_table s0 -> 8, 6, 8, 6                 | 0030  str x0, [x22]
;;                                              | 0034  ldr x15, [x22, #8]
;;                                              | 0038  movz w1, #0x3
;;                                              | 003c  cmp w0, w1
;;                                              | 0040  csel w1, w0, w1, lo
;;                                              | 0044  adr x16, #0x3a4
;;                                              | 0048  ldrsw x1, [x16, x1, lsl #2]
;;                                              | 004c  add x16, x16, x1
;;                                              | 0050  br x16
;;                                              | 0054  -> 006c
;;                                              | 0058  -> 0064
;;                                              | 005c  -> 006c
;;                                              | 0060  -> 0064
;; 6: copy s1, s2                               | 0064  mov x15, x14
;; 7: jump -> 10                                | 0068  b 0074
;; 8: charge 3                                  | 006c  subs x21, x21, #3  ; gas
;; 9: i32.add s1, s2, 1                         | 0070  add w15, w14, #1
;; 10: charge 1                                 | 0074  subs x21, x21, #1  ; gas
;; 11: return s1                                | 0078  mov x0, x15
;;                                              | 007c  ldr w17, [x19, #8]
;;                                              | 0080  add w17, w17, #8
;;                                              | 0084  str w17, [x19, #8]
;;                                              | 0088  ldr x30, [x23], #8
;;                                              | 008c  ret
;; function 1
;; (entry)
;; == a64 explicit
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #8
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 16 checked                         | 0020  subs x21, x21, #0x10  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: const_u32 s2, 10                          | 002c  movz w14, #0xa
;; 2: br_table s0 -> 8, 6, 8, 6                 | 0030  str x0, [x22]
;;                                              | 0034  ldr x15, [x22, #8]
;;                                              | 0038  movz w1, #0x3
;;                                              | 003c  cmp w0, w1
;;                                              | 0040  csel w1, w0, w1, lo
;;                                              | 0044  adr x16, #0x3b4
;;                                              | 0048  ldrsw x1, [x16, x1, lsl #2]
;;                                              | 004c  add x16, x16, x1
;;                                              | 0050  br x16
;;                                              | 0054  -> 006c
;;                                              | 0058  -> 0064
;;                                              | 005c  -> 006c
;;                                              | 0060  -> 0064
;; 6: copy s1, s2                               | 0064  mov x15, x14
;; 7: jump -> 10                                | 0068  b 0074
;; 8: charge 3                                  | 006c  subs x21, x21, #3  ; gas
;; 9: i32.add s1, s2, 1                         | 0070  add w15, w14, #1
;; 10: charge 1                                 | 0074  subs x21, x21, #1  ; gas
;; 11: return s1                                | 0078  mov x0, x15
;;                                              | 007c  ldr w17, [x19, #8]
;;                                              | 0080  add w17, w17, #8
;;                                              | 0084  str w17, [x19, #8]
;;                                              | 0088  ldr x30, [x23], #8
;;                                              | 008c  ret
;; function 1
;; (entry)
