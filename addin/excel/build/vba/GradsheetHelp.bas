Option Explicit
Option Private Module

Private Const FIRST_ARGUMENT As Long = 4

' Gives Excel's Insert Function dialog what the sheet _IntelliSense_ says: a row a formula, a pair of cells an argument.
Public Sub DescribeFormulas()
    Dim table As Variant
    Dim helps() As String
    Dim count As Long
    Dim i As Long
    Dim j As Long
    Dim savedBefore As Boolean
    savedBefore = ThisWorkbook.Saved
    table = ThisWorkbook.Worksheets("_IntelliSense_").UsedRange.Value
    ' Excel refuses this for a hidden workbook; the formulas work all the same, only the dialog's help is missing.
    On Error Resume Next
    For i = 2 To UBound(table, 1)
        count = 0
        For j = FIRST_ARGUMENT To UBound(table, 2) - 1 Step 2
            If table(i, j) = "" Then Exit For
            ReDim Preserve helps(1 To count + 1)
            count = count + 1
            helps(count) = table(i, j + 1)
        Next j
        Application.MacroOptions Macro:="'" & ThisWorkbook.Name & "'!" & table(i, 1), Description:=table(i, 2), _
            Category:="Gradsheet", ArgumentDescriptions:=helps
    Next i
    On Error GoTo 0
    ThisWorkbook.Saved = savedBefore
End Sub
