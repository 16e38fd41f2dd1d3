Option Explicit

Private Sub Workbook_Open()
    DescribeFormulas
    If WarmUp() Then CalculateThisWorkbook
End Sub

' The cells show what is stored, and an error where Excel calculated one before it might run macros. A sheet that is let
' calculate again is calculated anew; Excel has no other way to do so for one workbook of several. Without an answer from
' Python the stored numbers are better than what it would give.
Private Sub CalculateThisWorkbook()
    Dim sheet As Worksheet
    Dim savedBefore As Boolean
    savedBefore = ThisWorkbook.Saved
    For Each sheet In ThisWorkbook.Worksheets
        sheet.EnableCalculation = False
        sheet.EnableCalculation = True
    Next sheet
    ThisWorkbook.Saved = savedBefore
End Sub
