;; decisions 1: under cosmwasm 1725 before the branch; a load that traps has used 1725; otherwise 1840 before the jump
;; over the else-arm; 1610 after the join; 5175 in all. The else-arm traps at 1725.
(module
  (memory 1)
  (func (export "run") (param i32) (result i32)
    local.get 0
    if (result i32)
      i32.const 0
      i32.load
    else
      unreachable
    end))
;; == lockstep-1
;; function 0: params 1, locals 0, results 1, window 2, cost 6
;;   0: charge 12 checked
;;   1: br_if i32.eq s0, 0 -> 7
;;   3: charge 6
;;   4: const_u32 s1, 0
;;   5: i32.load s1, [s1 + 0]
;;   6: jump -> 9
;;   7: charge 1
;;   8: unreachable
;;   9: charge 1
;;   10: return s1
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 1, window 2, cost 6
;;   0: charge 1725 checked
;;   1: br_if i32.eq s0, 0 -> 7
;;   3: const_u32 s1, 0
;;   4: i32.load s1, [s1 + 0]
;;   5: charge 1840
;;   6: jump -> 8
;;   7: unreachable
;;   8: charge 1610
;;   9: return s1
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 6
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 12 checked                         | 0015  sub r13, 0xc  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: br_if i32.eq s0, 0 -> 7                   | 0020  mov qword ptr [rbp - 0x80], rax
;;                                              | 0024  mov rbx, qword ptr [rbp - 0x78]
;;                                              | 0028  test eax, eax
;;                                              | 002a  je 003f
;; 3: charge 6                                  | 0030  sub r13, 6  ; gas
;; 4: const_u32 s1, 0                           | 0034  xor ebx, ebx
;; 5: i32.load s1, [s1 + 0]                     | 0036  mov ebx, dword ptr [r14 + rbx]
;; 6: jump -> 9                                 | 003a  jmp 0048
;; 7: charge 1                                  | 003f  sub r13, 1  ; gas
;; 8: unreachable                               | 0043  jmp 0055
;; 9: charge 1                                  | 0048  sub r13, 1  ; gas
;; 10: return s1                                | 004c  mov rax, rbx
;;                                              | 004f  add dword ptr [r15 + 8], 6
;;                                              | 0054  ret
;; (of 8)                                       | 0055  call trap unreachable
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 6
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 12 checked                         | 0015  sub r13, 0xc  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: br_if i32.eq s0, 0 -> 7                   | 0020  mov qword ptr [rbp - 0x80], rax
;;                                              | 0024  mov r12, qword ptr [rbp - 0x78]
;;                                              | 0028  test eax, eax
;;                                              | 002a  je 004f
;; 3: charge 6                                  | 0030  sub r13, 6  ; gas
;; 4: const_u32 s1, 0                           | 0034  xor r12d, r12d
;; 5: i32.load s1, [s1 + 0]                     | 0037  lea rcx, [r12 + 4]
;;                                              | 003c  cmp rcx, qword ptr [rbx + 8]
;;                                              | 0040  ja 0065
;;                                              | 0046  mov r12d, dword ptr [r14 + r12]
;; 6: jump -> 9                                 | 004a  jmp 0058
;; 7: charge 1                                  | 004f  sub r13, 1  ; gas
;; 8: unreachable                               | 0053  jmp 006a
;; 9: charge 1                                  | 0058  sub r13, 1  ; gas
;; 10: return s1                                | 005c  mov rax, r12
;;                                              | 005f  add dword ptr [r15 + 8], 6
;;                                              | 0064  ret
;; (of 5)                                       | 0065  call trap memory_out_of_bounds
;; (of 8)                                       | 006a  call trap unreachable
;; == a64
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #6
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 12 checked                         | 0020  subs x21, x21, #0xc  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: br_if i32.eq s0, 0 -> 7                   | 002c  str x0, [x22]
;;                                              | 0030  ldr x15, [x22, #8]
;;                                              | 0034  cmp w0, #0
;;                                              | 0038  b.eq 004c
;; 3: charge 6                                  | 003c  subs x21, x21, #6  ; gas
;; 4: const_u32 s1, 0                           | 0040  movz w15, #0
;; 5: i32.load s1, [s1 + 0]                     | 0044  ldr w15, [x20, x15]
;; 6: jump -> 9                                 | 0048  b 0054
;; 7: charge 1                                  | 004c  subs x21, x21, #1  ; gas
;; 8: unreachable                               | 0050  b 0070
;; 9: charge 1                                  | 0054  subs x21, x21, #1  ; gas
;; 10: return s1                                | 0058  mov x0, x15
;;                                              | 005c  ldr w17, [x19, #8]
;;                                              | 0060  add w17, w17, #6
;;                                              | 0064  str w17, [x19, #8]
;;                                              | 0068  ldr x30, [x23], #8
;;                                              | 006c  ret
;; (of 8)                                       | 0070  bl trap unreachable
;; == a64 explicit
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #6
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 12 checked                         | 0020  subs x21, x21, #0xc  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: br_if i32.eq s0, 0 -> 7                   | 002c  str x0, [x22]
;;                                              | 0030  ldr x15, [x22, #8]
;;                                              | 0034  cmp w0, #0
;;                                              | 0038  b.eq 005c
;; 3: charge 6                                  | 003c  subs x21, x21, #6  ; gas
;; 4: const_u32 s1, 0                           | 0040  movz w15, #0
;; 5: i32.load s1, [s1 + 0]                     | 0044  add x16, x15, #4
;;                                              | 0048  ldr x17, [x24, #8]
;;                                              | 004c  cmp x16, x17
;;                                              | 0050  b.hi 0080
;;                                              | 0054  ldr w15, [x20, x15]
;; 6: jump -> 9                                 | 0058  b 0064
;; 7: charge 1                                  | 005c  subs x21, x21, #1  ; gas
;; 8: unreachable                               | 0060  b 0084
;; 9: charge 1                                  | 0064  subs x21, x21, #1  ; gas
;; 10: return s1                                | 0068  mov x0, x15
;;                                              | 006c  ldr w17, [x19, #8]
;;                                              | 0070  add w17, w17, #6
;;                                              | 0074  str w17, [x19, #8]
;;                                              | 0078  ldr x30, [x23], #8
;;                                              | 007c  ret
;; (of 5)                                       | 0080  bl trap memory_out_of_bounds
;; (of 8)                                       | 0084  bl trap unreachable
