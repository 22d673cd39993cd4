;; decisions 10: local 0 waits on the operand stack while the block changes it, so it is copied once ahead of the block.
(module
  (func (export "run") (param i32 i32) (result i32)
    local.get 0
    block
      local.get 1
      br_if 0
      i32.const 5
      local.set 0
    end
    local.get 0
    i32.add))
;; == lockstep-1
;; function 0: params 2, locals 0, results 1, window 4, cost 8
;;   0: charge 14 checked
;;   1: copy s2, s0
;;   2: br_if i32.ne s1, 0 -> 6
;;   4: charge 3
;;   5: const_u32 s0, 5
;;   6: charge 4
;;   7: i32.add s2, s2, s0
;;   8: return s2
;; == cosmwasm-3.0.8
;; function 0: params 2, locals 0, results 1, window 4, cost 8
;;   0: copy s2, s0
;;   1: charge 1955 checked
;;   2: br_if i32.ne s1, 0 -> 6
;;   4: const_u32 s0, 5
;;   5: charge 1840
;;   6: i32.add s2, s2, s0
;;   7: charge 1840
;;   8: return s2
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov r12, rax
;; 0: charge 14 checked                         | 0018  sub r13, 0xe  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: copy s2, s0                               | 0023  mov rbx, r12
;; 2: br_if i32.ne s1, 0 -> 6                   | 0026  mov qword ptr [rbp - 0x78], rdx
;;                                              | 002a  test edx, edx
;;                                              | 002c  jne 003c
;; 4: charge 3                                  | 0032  sub r13, 3  ; gas
;; 5: const_u32 s0, 5                           | 0036  mov r12d, 5
;; 6: charge 4                                  | 003c  sub r13, 4  ; gas
;; 7: i32.add s2, s2, s0                        | 0040  add ebx, r12d
;; 8: return s2                                 | 0043  mov rax, rbx
;;                                              | 0046  add dword ptr [r15 + 8], 8
;;                                              | 004b  ret
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov r11, rax
;; 0: charge 14 checked                         | 0018  sub r13, 0xe  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: copy s2, s0                               | 0023  mov r12, r11
;; 2: br_if i32.ne s1, 0 -> 6                   | 0026  mov qword ptr [rbp - 0x78], rdx
;;                                              | 002a  test edx, edx
;;                                              | 002c  jne 003c
;; 4: charge 3                                  | 0032  sub r13, 3  ; gas
;; 5: const_u32 s0, 5                           | 0036  mov r11d, 5
;; 6: charge 4                                  | 003c  sub r13, 4  ; gas
;; 7: i32.add s2, s2, s0                        | 0040  add r12d, r11d
;; 8: return s2                                 | 0043  mov rax, r12
;;                                              | 0046  add dword ptr [r15 + 8], 8
;;                                              | 004b  ret
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
;;                                              | 0020  mov x14, x0
;; 0: charge 14 checked                         | 0024  subs x21, x21, #0xe  ; gas
;;                                              | 0028  b.pl 0030
;;                                              | 002c  bl refill
;; 1: copy s2, s0                               | 0030  mov x15, x14
;; 2: br_if i32.ne s1, 0 -> 6                   | 0034  str x1, [x22, #8]
;;                                              | 0038  cmp w1, #0
;;                                              | 003c  b.ne 0048
;; 4: charge 3                                  | 0040  subs x21, x21, #3  ; gas
;; 5: const_u32 s0, 5                           | 0044  movz w14, #0x5
;; 6: charge 4                                  | 0048  subs x21, x21, #4  ; gas
;; 7: i32.add s2, s2, s0                        | 004c  add w15, w15, w14
;; 8: return s2                                 | 0050  mov x0, x15
;;                                              | 0054  ldr w17, [x19, #8]
;;                                              | 0058  add w17, w17, #8
;;                                              | 005c  str w17, [x19, #8]
;;                                              | 0060  ldr x30, [x23], #8
;;                                              | 0064  ret
